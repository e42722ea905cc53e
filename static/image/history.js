// This browser's earlier jobs, with thumbnails: they can be opened again, and removed with a way back.

import { element } from "./shared/dom.js";
import { ago, count } from "./shared/format.js";
import { HistoryCard } from "./shared/history.js";
import { icon } from "./shared/icons.js";
import { loadImage } from "./loading.js";
import { imageUrl, isWatched } from "./record.js";
import { visibleRecords } from "./view.js";

const STATES = { UNSENT: "Not sent", FAILED: "Failed", LOST: "Not found", QUEUED: "Not watched", RUNNING: "Not watched" };

function thumbnail(record, renew) {
  const { status, images } = record;
  const url = images.length > 0 && imageUrl(images[0].thumbnail);
  const frame = element("span", { class: "frame" });
  const showInstead = (words) => frame.replaceChildren(icon("warning"), element("span", {}, words));
  if (status !== "SUCCEEDED") showInstead(STATES[status]);
  else if (!url) showInstead("Gone");
  else {
    const { width, height } = images[0];
    const img = element("img", { alt: "", width, height, loading: "lazy", decoding: "async" });
    frame.append(loadImage(img, record, { kind: "thumbnail", renew, onMissing: () => showInstead("Gone") }));
    if (images.length > 1) frame.append(element("span", { class: "chip" }, count(images.length, "image")));
  }
  return frame;
}

/** The list; `open(id)` and `remove(id)` are called for the job that was chosen, `renew(record)` for URLs that have ended. */
export class History {
  #store;
  #actions;
  #card = new HistoryCard("job", this);
  #items = new Map();

  constructor(store, actions) {
    this.#store = store;
    this.#actions = actions;
  }

  get persistent() {
    return this.#store.persistent;
  }

  entries() {
    return this.#store.all().filter((record) => !isWatched(record));
  }

  remove(id) {
    this.#actions.remove(id);
  }

  restore(records) {
    this.#store.restore(records);
  }

  /** Draw the list; `added` is whether there is a new job, after which a removal cannot be undone any more. */
  draw({ added = false } = {}) {
    if (added) this.#card.forgetRemoved();
    const visible = new Set(visibleRecords(this.#store.all()).map(({ id }) => id));
    const items = this.entries().map((record) => {
      const item = this.#entry(record);
      item.querySelector(".hint").textContent = ago(record.at);
      const open = item.querySelector(".entry");
      if (visible.has(record.id)) open.setAttribute("aria-current", "true");
      else open.removeAttribute("aria-current");
      return item;
    });
    this.#card.show(items);
  }

  #entry(record) {
    const known = this.#items.get(record.id);
    if (known?.dataset.status === record.status) return known;
    const prompt = record.settings.prompt.trim();
    const item = this.#card.entry(
      record,
      { name: prompt, onOpen: () => this.#actions.open(record.id) },
      thumbnail(record, this.#actions.renew),
      element("span", { class: "excerpt" }, prompt),
      element("span", { class: "hint" }),
    );
    item.dataset.status = record.status;
    this.#items.set(record.id, item);
    return item;
  }
}
