// One request from the wish to the answer: it waits for a model that is being deployed, and counts down what is busy.

import { call, countDown } from "./shared/api.js";
import { explain } from "./shared/errors.js";
import { duration } from "./shared/format.js";
import { MODES, requestBody } from "./state.js";

const WAIT_SECONDS = 5;

/** Return a promise for the moment in which the model is ready; `signal` ends it. */
function untilReady(ready, signal) {
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    ready.addEventListener("ready", resolve, { once: true, signal });
  });
}

/**
 * Send what was asked, and return its result.
 *
 * `readiness` is the handle of watchReadiness, `ready` an EventTarget that tells of it, and `onProgress(text, aloud)`
 * what is shown meanwhile, and what of it a screen reader says.
 */
export async function send(asked, { config, readiness, ready, signal, onProgress }) {
  const { path, answer, progress } = MODES[asked.mode];
  let started;
  let clock;

  function tick() {
    const seconds = (performance.now() - started) / 1000;
    if (seconds >= 0) onProgress(`${progress}… ${duration(seconds)}`);
  }

  function begin() {
    started = performance.now();
    onProgress(`${progress}…`, progress);
    clearInterval(clock);
    clock = setInterval(tick, 1000);
  }

  let waitsFor;
  function onWait(left, error) {
    // The clock starts again with the next attempt.
    started = performance.now() + left * 1000;
    const { title } = explain(error);
    onProgress(`${title}. Trying again in ${left} s.`, waitsFor !== error && `${title}. Trying again in ${left} seconds.`);
    waitsFor = error;
  }

  async function whenReady() {
    clearInterval(clock);
    const words = "Your request starts by itself when the model is ready.";
    onProgress(words, words);
    await untilReady(ready, signal);
  }

  try {
    for (let attempt = 0; ; attempt += 1) {
      if (readiness.ready === false) await whenReady();
      begin();
      try {
        const told = await call(config, path, { body: requestBody(asked), signal, onWait, except: ["model_not_ready"] });
        const seconds = (performance.now() - started) / 1000;
        return { output: String(told[answer] ?? ""), parts: told.parts, seconds };
      } catch (error) {
        if (error.code !== "model_not_ready" || attempt >= config.retries) throw error;
        await readiness.check();
        const seconds = error.retryAfter || WAIT_SECONDS;
        if (readiness.ready !== false) await countDown(seconds, { signal, onSecond: (left) => onWait(left, error) });
      }
    }
  } finally {
    clearInterval(clock);
  }
}
