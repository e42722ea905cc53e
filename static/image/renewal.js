// New URLs of private images: those that a job came with end after a quarter of an hour, and it comes with others each time.

import { call } from "./shared/api.js";
import { PATHS } from "./send.js";
import { updated } from "./record.js";

// A page of old jobs would request all of theirs at once.
const AT_ONCE = 4;

export class Renewal {
  #store;
  #started;
  #running = new Map();
  #waiting = [];
  #free = AT_ONCE;

  /** `started` is a promise for `{config}`. */
  constructor(store, started) {
    this.#store = store;
    this.#started = started;
  }

  /** Request a job anew; resolves with its record, or undefined when it has no images. All who want them share one request. */
  renew(id) {
    if (!this.#running.has(id)) {
      const renewal = this.#inTurn(() => this.#request(id)).finally(() => this.#running.delete(id));
      this.#running.set(id, renewal);
    }
    return this.#running.get(id);
  }

  async #inTurn(act) {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise((resolve) => this.#waiting.push(resolve));
    try {
      return await act();
    } catch (error) {
      if (error.name !== "ApiError") throw error;
      return undefined;
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free += 1;
    }
  }

  async #request(id) {
    const { config } = await this.#started;
    const { jobId } = this.#store.get(id) ?? {};
    if (!jobId) return undefined;
    const response = await call(config, PATHS.job.replace("{job_id}", jobId));
    if (response.status !== "SUCCEEDED") return undefined;
    this.#store.change(id, (one) => updated(one, response));
    return this.#store.get(id);
  }
}
