// Whether the model is there yet. While it is not, the page says so and asks again; then it goes on by itself.

import { call } from "./api.js";
import { announce, element } from "./dom.js";
import { duration } from "./format.js";

const FIRST_WAIT_SECONDS = 5;
const LONGEST_WAIT_SECONDS = 30;
const FIRST_ANSWER_SECONDS = 5;

const WORDS = {
  NotFound: ["The model is not there yet", "Its deployment has not begun, or has not got far."],
  Creating: ["The model is being deployed", "That takes ten to twenty minutes the first time."],
  Updating: ["The model is being updated", "That takes a few minutes."],
  SystemUpdating: ["The model is being updated", "That takes a few minutes."],
  RollingBack: ["The model's last update is being undone", "That takes a few minutes."],
  OutOfService: ["The model is out of service", "Whoever runs this service can start it again."],
  Deleting: ["The model is being deleted", "This service is coming to its end."],
  Failed: ["The deployment of the model failed", "Whoever runs this service finds the reason in the stack's events."],
};

/** Return title and explanation for SageMaker's word. */
export function wordsOf(status) {
  return WORDS[status] ?? ["The model is not ready yet", "It may take a few minutes."];
}

/** Seconds until the next look: each one a little longer. */
export function waitBefore(look) {
  return Math.min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 1.5 ** look);
}

/**
 * Ask for the model's state now, and again until it is ready. Returns a handle: `ready` is undefined until it is known,
 * and also when it cannot be asked; `asked` is a promise that ends with the first answer, or when that takes too long to
 * wait for; `check()` asks again at once, for instance after an answer "not ready".
 */
export function watchReadiness(config, container, { onReady = () => {} } = {}) {
  const title = element("strong");
  const explanation = element("span");
  const elapsed = element("span", { class: "elapsed" });
  const watch = { ready: undefined, check };
  let since = 0;
  let look = 0;
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
    look = 0;
    container.hidden = true;
  }

  function askLater() {
    clearTimeout(next);
    next = setTimeout(check, waitBefore(look) * 1000);
    look += 1;
  }

  async function check() {
    clearTimeout(next);
    const before = watch.ready;
    try {
      const { ready, endpoint_status: status } = await call(config, "status", { retries: 0 });
      watch.ready = Boolean(ready);
      if (!watch.ready) {
        show(String(status));
        askLater();
        return;
      }
      hide();
      if (before !== true) onReady();
    } catch {
      // Not to know is no reason to keep anybody from trying; but what was waited for is still waited for.
      if (since) askLater();
      else watch.ready = undefined;
    }
  }

  const tooLong = new Promise((resolve) => setTimeout(resolve, FIRST_ANSWER_SECONDS * 1000));
  watch.asked = Promise.race([check(), tooLong]);
  return watch;
}
