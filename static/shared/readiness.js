// The state of the model. While it is not ready, the page says so and checks again; then it goes on by itself.

import { call } from "./api.js";
import { duration } from "./format.js";
import { stateOf, wordsOf } from "./model-state.js";
import { Notice } from "./notice.js";
import { beginWake, endWake, forgetWake, isJustWoken, usualWake, wakeProgress } from "./wake.js";

const FIRST_WAIT_SECONDS = 5;
const LONGEST_WAIT_SECONDS = 30;
const FIRST_CHECK_SECONDS = 5;
const RARE_SECONDS = 60;

/** The path of the API that both pages check. */
export const STATUS_PATH = "/status";

const isResting = (state) => state === "asleep" || state === "paused";
/** What of the states looks alike in the notice. */
const kindOf = (state) => (isResting(state) || state === "waking" ? state : "waiting");

/**
 * Seconds until the next check, each time a little longer, or null for none: a model that sleeps or is paused may do so
 * for days, and is checked again only when somebody waits for it or comes back to the page.
 */
export function waitBefore(checks, { state, isAwaited = false } = {}) {
  if (state === "ready" || (isResting(state) && !isAwaited)) return null;
  if (state === "paused") return RARE_SECONDS;
  return Math.min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 1.5 ** checks);
}

/**
 * The model's state, checked now and again until it is ready. `ready` and `state` are undefined until they are known, and
 * when they cannot be found out; `firstCheck` is a promise that ends with the first check, or when that takes too long to
 * wait for. An event "ready" comes when a model that was not ready has become so, "change" with each change of the state.
 */
export class Readiness extends EventTarget {
  ready;
  state;
  #config;
  #notice;
  #wakePath;
  #awaiting = 0;
  #checks = 0;
  #checkedAt = 0;
  #notReadyAt = 0;
  #since = 0;
  #next;

  /** `wakePath` is the path of the API that wakes the model, where there is one. */
  constructor(config, container, { wakePath } = {}) {
    super();
    this.#config = config;
    this.#wakePath = wakePath;
    this.#notice = new Notice(container);
    const tooLong = new Promise((resolve) => setTimeout(resolve, FIRST_CHECK_SECONDS * 1000));
    this.firstCheck = Promise.race([this.check(), tooLong]);
    addEventListener("focus", () => this.#comeBack());
    document.addEventListener("visibilitychange", () => document.hidden || this.#comeBack());
  }

  /** Check at once, for instance after a response "not ready". */
  async check() {
    clearTimeout(this.#next);
    this.#checkedAt = Date.now();
    try {
      this.#take(await call(this.#config, STATUS_PATH, { retries: 0 }));
    } catch {
      // An unknown state keeps nobody from trying; but a model that was not ready is still waited for.
      if (this.#notice.isShown) this.#checkLater();
      else this.ready = undefined;
    }
  }

  #comeBack() {
    if (isResting(this.state)) this.refresh(RARE_SECONDS);
  }

  /** Check unless that was done in the last `seconds`. */
  refresh(seconds) {
    if (Date.now() - this.#checkedAt >= seconds * 1000) this.check();
  }

  /** Wake a model that is asleep, where the API can. */
  async wake() {
    if (!this.#wakePath) return;
    try {
      const status = await call(this.#config, this.#wakePath, { method: "POST", retries: 0 });
      beginWake(Date.now());
      this.#take(status);
    } catch {
      this.#checkLater(); // a request wakes it too
    }
  }

  /** Note that something of this page waits at the model, which wakes it. */
  noteWaiting() {
    const now = Date.now();
    if (this.state !== "asleep" && !isJustWoken(now)) return;
    beginWake(now);
    if (this.state === "asleep") this.#take({ ready: this.ready, state: this.state });
  }

  /** Take from a refused request what it says of the model; returns whether it says that a wait will help. */
  takeRefusal({ code }) {
    const state = { model_asleep: "asleep", model_paused: "paused" }[code];
    if (!state) return false;
    if (state === "asleep") beginWake(Date.now());
    this.#take({ ready: false, state });
    return true;
  }

  /** Return a promise for the moment in which a model that is not ready has become so; `signal` rejects it. */
  async whenReady(signal) {
    this.#awaiting += 1;
    try {
      signal.throwIfAborted();
      if (isResting(this.state)) {
        this.#checkLater();
        this.refresh(FIRST_WAIT_SECONDS);
      }
      await new Promise((resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
        this.addEventListener("ready", resolve, { once: true, signal });
      });
    } finally {
      this.#awaiting -= 1;
    }
  }

  /** Whether the model sleeps, or is not awake yet. */
  get isAsleep() {
    return this.state === "asleep" || this.state === "waking";
  }

  /** Return how far a wake is, as wakeProgress does, or null for a model that is awake. */
  wakeProgress(now) {
    return this.isAsleep ? wakeProgress(now, this.#since) : null;
  }

  #take(status) {
    const { ready: wasReady, state: before } = this;
    const now = Date.now();
    this.ready = Boolean(status.ready);
    this.state = this.#stateOf(status, now);
    if (this.state === "ready") this.#notice.hide();
    else this.#show(before, status.endpoint_status, now);
    this.#checkLater();
    if (this.ready && wasReady !== true) this.dispatchEvent(new Event("ready"));
    if (this.state !== before) this.dispatchEvent(new Event("change"));
  }

  /** Return the state, with what this browser knows of a wake, and keep that up to date. */
  #stateOf(status, now) {
    const state = stateOf(status);
    if (state === "ready") endWake(now, this.#notReadyAt);
    else this.#notReadyAt = now;
    if (["paused", "failed", "missing"].includes(state)) forgetWake();
    if (state !== "asleep") return state;
    if (isJustWoken(now)) return "waking";
    if (this.#awaiting === 0) return "asleep";
    this.wake(); // it has fallen asleep again, or did not notice
    return "waking";
  }

  #show(before, endpointStatus, now) {
    if (!this.#notice.isShown || kindOf(before) !== kindOf(this.state)) this.#since = now;
    const progress = {
      waking: (moment) => this.wakeProgress(moment),
      waiting: (moment) => ({ text: `Waiting for ${duration((moment - this.#since) / 1000)}`, share: null }),
    }[kindOf(this.state)];
    this.#notice.show(this, wordsOf(this.state, endpointStatus, usualWake()), progress);
  }

  #checkLater() {
    clearTimeout(this.#next);
    const seconds = waitBefore(this.#checks, { state: this.state, isAwaited: this.#awaiting > 0 });
    if (seconds === null) {
      this.#checks = 0;
      return;
    }
    this.#next = setTimeout(() => this.check(), seconds * 1000);
    this.#checks += 1;
  }
}
