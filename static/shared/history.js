// The card of what this browser stored: entries that open again, and that are removed with a way back.

import { announce, element, find, reorderChildren } from "./dom.js";
import { count } from "./format.js";
import { icon } from "./icons.js";

const NAME_CHARACTERS = 40;

/**
 * A card of earlier records, each one called a `noun`.
 *
 * `source` is where they are: `entries()` returns those that the card lists, `remove(id)` and `restore(records)` change
 * them, `persistent` is whether they outlive the page, and `draw()` draws the card anew.
 */
export class HistoryCard {
  #noun;
  #removed = [];
  #source;

  constructor(noun, source) {
    this.#noun = noun;
    this.#source = source;
    find("clear-history").addEventListener("click", () => this.#remove(source.entries()));
    find("undo-history").addEventListener("click", () => this.#undo());
  }

  /** Make the entry of a record: a button that opens it, with this content, and one that removes it. */
  entry(record, { name, onOpen, isSelected = false }, ...content) {
    const open = { type: "button", class: "entry", "aria-current": isSelected && "true", onclick: onOpen };
    const remove = {
      type: "button",
      class: "icon-button",
      "aria-label": `Remove: ${name.slice(0, NAME_CHARACTERS)}`,
      onclick: () => this.#remove([record]),
    };
    return element("li", {}, element("button", open, ...content), element("button", remove, icon("bin")));
  }

  /** Show these entries. */
  show(entries) {
    const hasRemoved = this.#removed.length > 0;
    find("history").hidden = entries.length === 0 && !hasRemoved;
    reorderChildren(find("history-list"), entries);
    find("clear-history").hidden = entries.length === 0;
    find("undo-history").hidden = !hasRemoved;
    find("history-note").textContent = this.#note();
  }

  /** Forget what was removed: from now on it cannot be brought back. */
  forgetRemoved() {
    this.#removed = [];
  }

  #note() {
    const number = this.#removed.length;
    if (number > 0) return `${count(number, this.#noun)} ${number === 1 ? "was" : "were"} removed from this browser.`;
    return this.#source.persistent ? "" : `This browser stores nothing: these ${this.#noun}s go when you leave the page.`;
  }

  #remove(records) {
    this.#removed = records;
    for (const { id } of records) this.#source.remove(id);
    this.#source.draw();
    announce(find("history-note").textContent);
    find("undo-history").focus();
  }

  #undo() {
    const records = this.#removed;
    this.forgetRemoved();
    this.#source.restore(records);
    this.#source.draw();
    find("history-title").focus();
  }
}
