// This browser's earlier results, which can be opened again, and removed with a way back.

import { element, find } from "./shared/dom.js";
import { ago } from "./shared/format.js";
import { HistoryCard } from "./shared/history.js";
import { owners } from "./shared/owner.js";
import { Records } from "./shared/storage.js";
import { MODES } from "./state.js";

const LIMIT = 30;
const EXCERPT_CHARACTERS = 240;

const isResult = ({ mode, input, output, seconds, at }) =>
  Object.hasOwn(MODES, mode ?? "") &&
  [input, output].every((text) => typeof text === "string") &&
  [seconds, at].every(Number.isFinite);

/** The list; `open(record)` is called for the result that was chosen. */
export class History {
  #records = new Records("results", { limit: LIMIT });
  #card = new HistoryCard("result", this);
  #open;
  #selected = "";

  constructor({ open }) {
    this.#open = open;
    addEventListener("storage", () => this.draw()); // another tab has added or removed some
    owners.addEventListener("change", () => {
      this.#card.forgetRemoved();
      this.draw();
    });
    this.draw();
  }

  get persistent() {
    return this.#records.persistent;
  }

  entries() {
    return this.#records.all().filter(isResult);
  }

  remove(id) {
    this.#records.remove(id);
  }

  restore(records) {
    this.#records.restore(records);
  }

  draw() {
    this.#card.show(this.entries().map((record) => this.#entry(record)));
  }

  #entry(record) {
    const excerpt = record.output.trim().slice(0, EXCERPT_CHARACTERS) || "(nothing)";
    const isSelected = record.id === this.#selected;
    return this.#card.entry(
      record,
      { name: excerpt, isSelected, onOpen: () => this.#open(record) },
      element(
        "span",
        { class: "entry-head" },
        element("span", { class: "chip" }, MODES[record.mode].name),
        element("span", { class: "hint" }, ago(record.at)),
      ),
      element("span", { class: "excerpt" }, excerpt),
    );
  }

  setBusy(isBusy) {
    find("history-fields").disabled = isBusy;
  }

  /** Show which result is open; an empty id selects none. */
  select(id) {
    this.#selected = id;
    this.draw();
  }

  add(record) {
    this.#card.forgetRemoved();
    this.#records.put(record);
    this.select(record.id);
  }
}
