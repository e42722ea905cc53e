// The state of the model. While it is not ready, the page says so and checks again; then it goes on by itself.

import { call } from "./api.js";
import { announce, element } from "./dom.js";
import { duration } from "./format.js";

const FIRST_WAIT_SECONDS = 5;
const LONGEST_WAIT_SECONDS = 30;
const FIRST_CHECK_SECONDS = 5;

/** The path of the API that both pages check. */
export const STATUS_PATH = "/status";

const WORDS = {
  NotFound: ["The model is not available yet", "Its deployment has not started, or has only just started."],
  Creating: ["The model is being deployed", "This takes ten to twenty minutes the first time."],
  Updating: ["The model is being updated", "This takes a few minutes."],
  SystemUpdating: ["The model is being updated", "This takes a few minutes."],
  RollingBack: ["The model's last update is being undone", "This takes a few minutes."],
  OutOfService: ["The model is out of service", "Whoever runs this service can start it again."],
  Deleting: ["The model is being deleted", "This service is being shut down."],
  Failed: ["The deployment of the model failed", "Whoever runs this service finds the reason in the stack's events."],
};

/** Return the title and the explanation of SageMaker's endpoint status. */
export function wordsOf(status) {
  return WORDS[status] ?? ["The model is not ready yet", "It may take a few minutes."];
}

/** Seconds until the next check: each time a little longer. */
export function waitBefore(checks) {
  return Math.min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 1.5 ** checks);
}

/** Return a promise for the next event of this type; `signal` rejects it with its reason. */
function nextEvent(target, type, signal) {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort, { once: true });
    target.addEventListener(type, resolve, { once: true, signal });
    return undefined;
  });
}

/**
 * Check the model's state now, and again until it is ready. Returns a handle: `ready` is undefined until it is known, and
 * when it cannot be found out; `firstCheck` is a promise that ends with the first check, or when that takes too long to
 * wait for; `check()` checks again at once, for instance after a response "not ready"; `whenReady(signal)` is a promise
 * for the moment in which a model that is not ready has become so.
 */
export function watchReadiness(config, container) {
  const title = element("strong");
  const explanation = element("span");
  const elapsed = element("span", { class: "elapsed" });
  const events = new EventTarget();
  const readiness = { ready: undefined, check, whenReady: (signal) => nextEvent(events, "ready", signal) };
  let since = 0;
  let checks = 0;
  let next;
  let clock;

  container.replaceChildren(element("span", { class: "pulse" }), element("p", {}, title, " ", explanation, " ", elapsed));

  function tick() {
    elapsed.textContent = `Waiting for ${duration((Date.now() - since) / 1000)}.`;
  }

  function show(status) {
    const [name, more] = wordsOf(status);
    if (container.hidden || title.textContent !== `${name}.`) announce(`${name}. ${more}`);
    title.textContent = `${name}.`;
    explanation.textContent = more;
    container.dataset.status = status;
    container.hidden = false;
    since ||= Date.now();
    clearInterval(clock);
    clock = setInterval(tick, 1000);
    tick();
  }

  function hide() {
    clearInterval(clock);
    if (since) announce("The model is ready.");
    since = 0;
    checks = 0;
    container.hidden = true;
  }

  function checkLater() {
    clearTimeout(next);
    next = setTimeout(check, waitBefore(checks) * 1000);
    checks += 1;
  }

  async function check() {
    clearTimeout(next);
    const before = readiness.ready;
    try {
      const { ready, endpoint_status: status } = await call(config, STATUS_PATH, { retries: 0 });
      readiness.ready = Boolean(ready);
      if (!readiness.ready) {
        show(String(status));
        checkLater();
        return;
      }
      hide();
      if (before !== true) events.dispatchEvent(new Event("ready"));
    } catch {
      // An unknown state keeps nobody from trying; but a model that was not ready is still waited for.
      if (since) checkLater();
      else readiness.ready = undefined;
    }
  }

  const tooLong = new Promise((resolve) => setTimeout(resolve, FIRST_CHECK_SECONDS * 1000));
  readiness.firstCheck = Promise.race([check(), tooLong]);
  return readiness;
}
