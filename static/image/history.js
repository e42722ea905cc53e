// This browser's earlier jobs, with thumbnails: they can be opened again, and removed with a way back.

import { announce, element, find } from "./shared/dom.js";
import { ago, count } from "./shared/format.js";
import { icon } from "./shared/icons.js";
import { arrange } from "./arrange.js";
import { imageUrl, isWatched } from "./record.js";
import { onStage } from "./stage.js";

const NOT_KEPT = "This browser keeps nothing: these jobs go when you leave the page.";
const STATES = { UNSENT: "Not sent", FAILED: "Failed", LOST: "Not found", QUEUED: "Not watched", RUNNING: "Not watched" };

let removed = [];

function picture({ status, images }) {
  const url = images.length > 0 && imageUrl(images[0].thumbnail);
  const frame = element("span", { class: "frame" });
  const instead = (words) => frame.replaceChildren(icon("warning"), element("span", {}, words));
  if (status !== "SUCCEEDED") instead(STATES[status]);
  else if (!url) instead("Gone");
  else {
    const { width, height } = images[0];
    const onerror = () => instead("Gone");
    frame.append(element("img", { src: url, alt: "", width, height, loading: "lazy", decoding: "async", onerror }));
    if (images.length > 1) frame.append(element("span", { class: "chip" }, count(images.length, "image")));
  }
  return frame;
}

/** Draws the list; `actions` are `open(record)` and `remove(id)`. */
export class History {
  #store;
  #actions;
  #items = new Map();

  constructor(store, actions) {
    this.#store = store;
    this.#actions = actions;
    find("clear-history").addEventListener("click", () => this.#remove(this.#entries()));
    find("undo-history").addEventListener("click", () => this.#undo());
  }

  #entries() {
    return this.#store.all().filter((record) => !isWatched(record));
  }

  #entry(record) {
    const known = this.#items.get(record.id);
    if (known?.dataset.status === record.status) return known;
    const prompt = record.settings.prompt.trim();
    const item = element(
      "li",
      { "data-status": record.status },
      element(
        "button",
        { type: "button", class: "entry", onclick: () => this.#actions.open(record.id) },
        picture(record),
        element("span", { class: "excerpt" }, prompt),
        element("span", { class: "hint" }),
      ),
      element(
        "button",
        { type: "button", class: "icon", "aria-label": `Remove: ${prompt.slice(0, 40)}`, onclick: () => this.#remove([record]) },
        icon("bin"),
      ),
    );
    this.#items.set(record.id, item);
    return item;
  }

  /** Show what is there; `added` is a new job, after which nothing can be undone any more. */
  draw({ added = false } = {}) {
    if (added) removed = [];
    const entries = this.#entries();
    const shown = new Set(onStage(this.#store.all()).map(({ id }) => id));
    find("history").hidden = entries.length === 0 && removed.length === 0;
    const items = entries.map((record) => {
      const item = this.#entry(record);
      item.querySelector(".hint").textContent = ago(record.at);
      const open = item.querySelector(".entry");
      if (shown.has(record.id)) open.setAttribute("aria-current", "true");
      else open.removeAttribute("aria-current");
      return item;
    });
    arrange(find("history-list"), items);
    find("clear-history").hidden = entries.length === 0;
    find("undo-history").hidden = removed.length === 0;
    const gone = `${removed.length === 1 ? "One job was" : `${removed.length} jobs were`} removed from this browser.`;
    find("history-note").textContent = removed.length ? gone : this.#store.persistent ? "" : NOT_KEPT;
  }

  #remove(some) {
    removed = some;
    for (const { id } of some) this.#actions.remove(id);
    this.draw();
    announce(find("history-note").textContent);
    find("undo-history").focus();
  }

  #undo() {
    const back = removed;
    removed = [];
    this.#store.restore(back);
    find("history-title").focus();
  }
}
