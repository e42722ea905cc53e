// The cards: those of the jobs that are under way, and of the last ones that were opened.

import { find, reorderChildren } from "./shared/dom.js";
import { Card } from "./card.js";
import { estimate, samplesOf } from "./estimate.js";
import { isOpen } from "./record.js";

const MAX_ENDED = 3;
const TICK_MS = 1000;

/** Return the jobs that have a card, the last one that was opened first. */
export function visibleRecords(records) {
  let ended = 0;
  return records
    .filter(({ shownAt }) => shownAt > 0)
    .sort((one, other) => other.shownAt - one.shownAt)
    .filter((record) => isOpen(record) || (ended += 1) <= MAX_ENDED);
}

/** The cards; `actions` are those of a card. */
export class View {
  #cards = new Map();
  #actions;
  #wakeProgress = () => null;
  #store;

  constructor(store, actions) {
    this.#store = store;
    this.#actions = actions;
    setInterval(() => this.#tick(), TICK_MS);
  }

  /** Bring the cards up to date. */
  draw() {
    const records = visibleRecords(this.#store.all());
    const ids = new Set(records.map(({ id }) => id));
    for (const id of this.#cards.keys()) if (!ids.has(id)) this.#cards.delete(id);
    const cards = records.map((record) => {
      const card = this.#cards.get(record.id) ?? new Card(record, this.#actions);
      this.#cards.set(record.id, card);
      card.update(record, this.#store.note(record.id));
      return card.element;
    });
    reorderChildren(find("jobs"), cards);
    find("empty").hidden = records.length > 0;
    this.#tick();
  }

  #tick() {
    const live = [...this.#cards.values()].filter((card) => card.isLive);
    if (live.length === 0) return;
    const samples = samplesOf(this.#store.all());
    const now = Date.now();
    const wake = this.#wakeProgress(now);
    for (const card of live) card.tick(now, { estimate: estimate(card.settings, samples), wake });
  }

  /** Take from `wakeProgress(now)` how far a model that wakes is, or null. */
  setWake(wakeProgress) {
    this.#wakeProgress = wakeProgress;
  }

  /** Scroll to a job's card, and move the focus there if `focus` is true. */
  show(id, { focus = false } = {}) {
    const card = this.#cards.get(id);
    card?.element.scrollIntoView({ block: "nearest" });
    if (focus) card?.focus();
  }
}
