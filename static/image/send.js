// Sends jobs, watches them until they end, and resumes them after a reload.

import { ApiError, call, explain } from "./shared/api.js";
import { pause, waitBefore } from "./polling.js";
import { accepted, isKeyKnown, isWatched, updated, withWake } from "./record.js";
import { requestBody } from "./state.js";

/** The API's paths: of all jobs, and of one. */
export const PATHS = { jobs: "/generate", job: "/generate/{job_id}" };

// A model may fall asleep while the page is open.
const STATE_SECONDS = 30;
const NOT_NOW = ["offline", "unreachable"];
/** Whether a request waits for somebody to sign in again. */
const isHeld = ({ code }) => code === "session_ended" || code === "api_key_invalid";

/** The jobs of a store; `started` is a promise for `{config, readiness}`. */
export class Jobs {
  #store;
  #started;
  #active = new Map();
  #wakes = new EventTarget();

  constructor(store, started) {
    this.#store = store;
    this.#started = started;
    started.then(({ readiness }) => readiness.addEventListener("change", () => this.#noteWakes(readiness)));
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
    const isHeldBack = this.#store.get(id)?.status === "SENDING";
    this.#store.setNote(id, isHeldBack ? "It is kept, and sent by itself once you have access again." : undefined);
  }

  /**
   * Send a job; resolves when the service has accepted it, throws the reason when it has not, which its record then has.
   * `onHeld()` is called when the job must wait for the model first.
   */
  async send(id, { onHeld } = {}) {
    if (this.#active.has(id)) return;
    const signal = this.#occupy(id);
    try {
      this.#store.change(id, (one) => ({ ...one, status: "SENDING", error: undefined }));
      const response = await this.#post(id, signal, onHeld);
      this.#store.change(id, (one) => accepted(one, response, Date.now()));
    } catch (error) {
      if (!signal.aborted && !isHeld(error)) {
        const { status, code, requestId, message, details, retryAt } = error;
        const failure = { status, code, requestId, message, details, retryAt };
        this.#store.change(id, (one) => ({ ...one, status: "UNSENT", error: failure }));
      }
      throw error;
    } finally {
      this.#release(id, signal);
    }
    this.#watch(id, 1);
  }

  async #post(id, signal, onHeld) {
    const { config, readiness } = await this.#started;
    // The service accepts a job without checking the model: too early, it would fail there instead of waiting here.
    await readiness.firstCheck;
    for (;;) {
      signal.throwIfAborted();
      if (readiness.ready === false) {
        this.#store.setNote(id, "It starts by itself when the model is ready.");
        onHeld?.();
        await readiness.whenReady(signal);
      }
      try {
        return await this.#postOnce(id, config, signal);
      } catch (error) {
        if (!readiness.takeRefusal(error)) throw error;
      }
    }
  }

  async #postOnce(id, config, signal) {
    const { key, settings } = this.#store.get(id);
    const response = await call(config, PATHS.jobs, {
      body: requestBody(settings),
      headers: { "Idempotency-Key": key },
      signal,
      except: ["model_asleep", "model_paused"],
      onWait: (left, error) => this.#store.setNote(id, `${explain(error).title}. Trying again in ${left} s.`),
    });
    if (/^[\w-]+$/.test(response?.job_id)) return response;
    throw new ApiError("The response names no job.", { code: "unexpected" });
  }

  /** Send a job again that was not accepted: with the same key, so that it does not become a second one. */
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
    const { readiness } = await this.#started;
    const failing = { failures: 0, retryAfter: 0 };
    try {
      for (let look = firstLook; isWatched(this.#store.get(id)); look += 1) {
        readiness.refresh(STATE_SECONDS);
        readiness.noteWaiting();
        this.#noteWakes(readiness);
        const { isAsleep: waking } = readiness;
        const seconds = look > 0 ? waitBefore(look - 1, { ...failing, waking, hidden: document.hidden }) : 0;
        if (seconds) await pause(seconds, { signal, wakes: this.#wakes });
        await this.#look(id, failing, signal);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      this.#release(id, signal);
    }
  }

  /** Note on all jobs that the service has what the model does, and look what that means for them. */
  #noteWakes(readiness) {
    for (const one of this.#store.all().filter((each) => isWatched(each) && each.status !== "SENDING")) {
      const noted = withWake(one, readiness.isAsleep, Date.now());
      if (noted !== one) this.#store.put(noted);
    }
  }

  async #look(id, failing, signal) {
    const { config, readiness } = await this.#started;
    const { jobId, status } = this.#store.get(id);
    try {
      const response = await call(config, PATHS.job.replace("{job_id}", jobId), { signal, retries: 0 });
      failing.failures = 0;
      this.#store.setNote(id, undefined);
      if (response.status !== status) this.#store.change(id, (one) => updated(one, response));
      if (response.status === "FAILED") readiness.check();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.status === 404) this.#store.change(id, (one) => ({ ...one, status: "LOST" }));
      failing.failures += 1;
      failing.retryAfter = error.retryAfter;
      this.#store.setNote(id, `${explain(error).title}. The job continues, and this page checks it again.`);
    }
  }

  /** Stop watching a job, which continues; one that is not sent yet is cancelled. */
  stop(id) {
    this.#active.get(id)?.abort();
    if (this.#store.get(id)?.status === "SENDING") this.#store.remove(id);
    else this.#store.change(id, (one) => ({ ...one, watched: false }));
  }

  /** Watch a job again that is not watched any more. */
  watchAgain(id) {
    this.#store.change(id, (one) => ({ ...one, watched: true, status: one.status === "LOST" ? "QUEUED" : one.status }));
    this.#watch(id, 0);
  }

  remove(id) {
    this.#active.get(id)?.abort();
    this.#store.remove(id);
  }

  /** Resume what a reload or the end of a session interrupted. A job whose response was lost is sent again with its key: it stays one job. */
  resume() {
    this.#wakes.dispatchEvent(new Event("wake"));
    for (const one of this.#store.all().filter(isWatched)) {
      if (this.#active.has(one.id)) continue;
      if (one.status !== "SENDING") this.#watch(one.id, 0);
      else if (isKeyKnown(one, Date.now())) this.send(one.id).catch(() => {});
      else this.#store.put({ ...one, status: "UNSENT", error: { code: "timeout" } });
    }
  }

  /** Follow what another tab has done. */
  follow() {
    for (const [id, controller] of this.#active) if (!this.#store.get(id)) controller.abort();
    const isNew = (one) => isWatched(one) && one.status !== "SENDING" && !this.#active.has(one.id);
    for (const one of this.#store.all().filter(isNew)) this.#watch(one.id, 1);
  }
}
