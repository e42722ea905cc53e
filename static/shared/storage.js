// The values that this browser stores. Reading and writing never throw: storage may be forbidden, full, or hold anything.

import { owner } from "./owner.js";

/** Each page has its own keys, even when several are on one origin. */
export function keyOf(name) {
  return `genai:${new URL(".", document.baseURI).pathname}:${name}`;
}

/** Return the value that is stored under this name, or undefined; `area` is localStorage, or sessionStorage for the tab. */
export function read(name, area = "localStorage") {
  try {
    return JSON.parse(globalThis[area].getItem(keyOf(name)) ?? "null") ?? undefined;
  } catch {
    return undefined;
  }
}

/** Store a value; undefined removes it. Returns whether it worked. */
export function write(name, value, area = "localStorage") {
  try {
    if (value === undefined) globalThis[area].removeItem(keyOf(name));
    else globalThis[area].setItem(keyOf(name), JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

const nameOf = (name) => (owner() ? `${owner()}:${name}` : name);

/** Return what the owner has stored under this name, or undefined. */
export function readOwn(name, area) {
  return owner() === null ? undefined : read(nameOf(name), area);
}

/** Store a value for the owner; where there is none, nothing is stored. */
export function writeOwn(name, value, area) {
  return owner() === null || write(nameOf(name), value, area);
}

/** Remove all that is stored for an owner. */
export function removeAllOf(whose) {
  for (const area of ["localStorage", "sessionStorage"]) {
    try {
      const stored = globalThis[area];
      const keys = Array.from({ length: stored.length }, (_, index) => stored.key(index));
      for (const key of keys.filter((one) => one.startsWith(keyOf(`${whose}:`)))) stored.removeItem(key);
    } catch {
      // what cannot be read was not stored
    }
  }
}

const isRecord = (value) => typeof value?.id === "string";

/** A list of the owner's records (`{id, ...}`), newest first, of at most `limit`; in memory alone where nothing can be stored. */
export class Records {
  #name;
  #limit;
  #memory = {};

  constructor(name, { limit }) {
    this.#name = name;
    this.#limit = limit;
  }

  get persistent() {
    return !this.#inMemory();
  }

  #inMemory() {
    return this.#memory.owner === owner() ? this.#memory.records : undefined;
  }

  all() {
    const inMemory = this.#inMemory();
    if (inMemory) return [...inMemory];
    const stored = readOwn(this.#name);
    return Array.isArray(stored) ? stored.filter(isRecord).slice(0, this.#limit) : [];
  }

  /** Replace the record of this id where it stands, or add it in front. */
  put(record) {
    const records = this.all();
    const place = records.findIndex(({ id }) => id === record.id);
    if (place >= 0) records[place] = record;
    else records.unshift(record);
    this.#store(records);
  }

  remove(id) {
    this.#store(this.all().filter((record) => record.id !== id));
  }

  /** Put removed records back in their places, by the times (`at`) at which they were made. */
  restore(removed) {
    this.#store([...removed, ...this.all()].sort((one, other) => other.at - one.at));
  }

  #store(records) {
    const wanted = records.slice(0, this.#limit);
    if (!this.#inMemory()) {
      if (wanted.length === 0 && writeOwn(this.#name, undefined)) return;
      // The oldest make room where there is not enough.
      for (let rest = wanted; rest.length > 0; rest = rest.slice(0, -1)) if (writeOwn(this.#name, rest)) return;
    }
    this.#memory = { owner: owner(), records: wanted };
  }
}
