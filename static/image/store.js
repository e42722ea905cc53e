// The jobs that this browser keeps, with notes on what happens to them at the moment.

import { Records } from "./shared/storage.js";
import { isRecord, newRecord } from "./record.js";

const LIMIT = 60;

/** `onChange(id)` is called for each job that has changed. */
export class Store {
  #records = new Records("jobs", { limit: LIMIT });
  #notes = new Map();
  #onChange;

  constructor(onChange) {
    this.#onChange = onChange;
  }

  get persistent() {
    return this.#records.persistent;
  }

  /** Return all jobs, the newest first. */
  all() {
    return this.#records.all().filter(isRecord);
  }

  get(id) {
    return this.all().find((one) => one.id === id);
  }

  add(settings) {
    const made = newRecord(settings, { id: crypto.randomUUID(), now: Date.now() });
    this.put(made);
    return made;
  }

  put(one) {
    this.#records.put(one);
    this.#onChange(one.id);
  }

  /** Change a job, unless it has been removed meanwhile. */
  change(id, change) {
    const one = this.get(id);
    if (one) this.put(change(one));
  }

  remove(id) {
    this.#records.remove(id);
    this.#onChange(id);
  }

  /** Put removed jobs back in their places. */
  restore(records) {
    this.#records.restore(records);
    this.#onChange();
  }

  /** Return what happens to a job besides its state, such as a lost connection. */
  note(id) {
    return this.#notes.get(id);
  }

  setNote(id, note) {
    if (this.#notes.get(id) === note) return;
    if (note) this.#notes.set(id, note);
    else this.#notes.delete(id);
    this.#onChange(id);
  }
}
