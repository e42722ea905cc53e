// Sends jobs, looks after them until they end, and takes them up again after a reload.

import { ApiError, call, explain } from "./shared/api.js";
import { pause, waitBefore } from "./polling.js";
import { accepted, isKeyKnown, isWatched, updated } from "./record.js";
import { requestBody } from "./request.js";

const NOT_NOW = ["offline", "unreachable"];

/** Return a promise for the moment in which the model is ready; `signal` ends it. */
function untilReady(ready, signal) {
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    ready.addEventListener("ready", resolve, { once: true, signal });
  });
}

/** `started` is a promise for `{config, readiness, ready}`; `ready` is an EventTarget that tells of the model. */
export class Jobs {
  #store;
  #started;
  #active = new Map();
  #wakes = new EventTarget();

  constructor(store, started) {
    this.#store = store;
    this.#started = started;
    const wake = () => this.#wakes.dispatchEvent(new Event("wake"));
    document.addEventListener("visibilitychange", () => document.hidden || wake());
    addEventListener("online", () => {
      wake();
      this.#sendHeldBack();
    });
  }

  #occupy(id) {
    const controller = new AbortController();
    this.#active.set(id, controller);
    return controller.signal;
  }

  #release(id, signal) {
    if (this.#active.get(id)?.signal !== signal) return;
    this.#active.delete(id);
    this.#store.setNote(id, undefined);
  }

  /**
   * Send a job; resolves when the service has taken it, throws what kept it from that, which the job then tells.
   * `onHeld()` is called when the job has to wait for the model first.
   */
  async send(id, { onHeld } = {}) {
    if (this.#active.has(id)) return;
    const signal = this.#occupy(id);
    try {
      this.#store.change(id, (one) => ({ ...one, status: "SENDING", error: undefined }));
      const told = await this.#post(id, signal, onHeld);
      this.#store.change(id, (one) => accepted(one, told, Date.now()));
    } catch (error) {
      if (!signal.aborted) {
        const { status, code, requestId, message, details } = error;
        const failure = { status, code, requestId, message, details };
        this.#store.change(id, (one) => ({ ...one, status: "UNSENT", error: failure }));
      }
      throw error;
    } finally {
      this.#release(id, signal);
    }
    this.#watch(id, 1);
  }

  async #post(id, signal, onHeld) {
    const { config, readiness, ready } = await this.#started;
    // The service takes a job without asking for the model: too early, it would fail there instead of waiting here.
    await readiness.asked;
    signal.throwIfAborted();
    if (readiness.ready === false) {
      this.#store.setNote(id, "It starts by itself when the model is ready.");
      onHeld?.();
      await untilReady(ready, signal);
    }
    const { key, settings } = this.#store.get(id);
    const told = await call(config, "generate", {
      body: requestBody(settings),
      headers: { "Idempotency-Key": key },
      signal,
      onWait: (left, error) => this.#store.setNote(id, `${explain(error).title}. Trying again in ${left} s.`),
    });
    if (/^[\w-]+$/.test(told?.job_id)) return told;
    throw new ApiError("The answer names no job.", { code: "unexpected" });
  }

  /** Send a job again that was not taken: with the same key, so that it becomes no second one. */
  sendAgain(id) {
    this.#store.change(id, (one) => {
      const isSpent = one.error?.status === 409 || !isKeyKnown(one, Date.now());
      return isSpent ? { ...one, key: crypto.randomUUID(), at: Date.now() } : one;
    });
    return this.send(id);
  }

  #sendHeldBack() {
    const held = ({ status, error }) => status === "UNSENT" && NOT_NOW.includes(error?.code);
    for (const one of this.#store.all().filter(held)) {
      if (isKeyKnown(one, Date.now())) this.send(one.id).catch(() => {});
    }
  }

  async #watch(id, firstLook) {
    const signal = this.#occupy(id);
    const failing = { failures: 0, retryAfter: 0 };
    try {
      for (let look = firstLook; isWatched(this.#store.get(id)); look += 1) {
        const seconds = look > 0 ? waitBefore(look - 1, { ...failing, hidden: document.hidden }) : 0;
        if (seconds) await pause(seconds, { signal, wakes: this.#wakes });
        await this.#look(id, failing, signal);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      this.#release(id, signal);
    }
  }

  async #look(id, failing, signal) {
    const { config, readiness } = await this.#started;
    const { jobId, status } = this.#store.get(id);
    try {
      const told = await call(config, `generate/${jobId}`, { signal, retries: 0 });
      failing.failures = 0;
      this.#store.setNote(id, undefined);
      if (told.status !== status) this.#store.change(id, (one) => updated(one, told));
      if (told.status === "FAILED") readiness.check();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.status === 404) this.#store.change(id, (one) => ({ ...one, status: "LOST" }));
      failing.failures += 1;
      failing.retryAfter = error.retryAfter;
      this.#store.setNote(id, `${explain(error).title}. The job goes on, and this page looks for it again.`);
    }
  }

  /** Stop watching a job, which goes on; one that is not sent yet is taken back. */
  stop(id) {
    this.#active.get(id)?.abort();
    if (this.#store.get(id)?.status === "SENDING") this.#store.remove(id);
    else this.#store.change(id, (one) => ({ ...one, watched: false }));
  }

  /** Watch a job again that was given up. */
  watchAgain(id) {
    this.#store.change(id, (one) => ({ ...one, watched: true, status: one.status === "LOST" ? "QUEUED" : one.status }));
    this.#watch(id, 0);
  }

  remove(id) {
    this.#active.get(id)?.abort();
    this.#store.remove(id);
  }

  /** Go on with what a reload broke off. A job whose answer was lost is sent again with its key: it stays one job. */
  resume() {
    for (const one of this.#store.all().filter(isWatched)) {
      if (one.status !== "SENDING") this.#watch(one.id, 0);
      else if (isKeyKnown(one, Date.now())) this.send(one.id).catch(() => {});
      else this.#store.put({ ...one, status: "UNSENT", error: { code: "timeout" } });
    }
  }

  /** Take over what another tab has done. */
  follow() {
    for (const [id, controller] of this.#active) if (!this.#store.get(id)) controller.abort();
    const isNew = (one) => isWatched(one) && one.status !== "SENDING" && !this.#active.has(one.id);
    for (const one of this.#store.all().filter(isNew)) this.#watch(one.id, 1);
  }
}
