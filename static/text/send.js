// Sends a request: waits for a model that is not there yet, counts down while the service is busy, returns the result.

import { call, countDown } from "./shared/api.js";
import { explain } from "./shared/errors.js";
import { duration } from "./shared/format.js";
import { MODES, requestBody } from "./state.js";

/** The API's paths: by mode, and the one that wakes the model. */
export const PATHS = { summarize: "/summarize", generate: "/generate", wake: "/wake" };

const WAIT_SECONDS = 5;
const NOT_READY = ["model_not_ready", "model_asleep", "model_paused"];

/**
 * Send the form's values, and return the result.
 *
 * `readiness` is the Readiness of the model, and `onProgress(text, aloud)` is called with what to show meanwhile, and
 * what of it a screen reader says.
 */
export async function send(values, { config, readiness, signal, onProgress }) {
  const { result, progress } = MODES[values.mode];
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

  async function untilReady() {
    clearInterval(clock);
    const words =
      readiness.state === "paused"
        ? "Your request is kept, and sent by itself when the model is back."
        : "Your request starts by itself when the model is ready.";
    onProgress(words, words);
    await readiness.whenReady(signal);
  }

  async function attempt() {
    // A model that is asleep is woken by the request itself.
    if (readiness.ready === false && readiness.state !== "asleep") await untilReady();
    begin();
    const body = requestBody(values);
    const response = await call(config, PATHS[values.mode], { body, signal, onWait, except: NOT_READY });
    const seconds = (performance.now() - started) / 1000;
    return { output: String(response[result] ?? ""), parts: response.parts, seconds };
  }

  try {
    for (let attempts = 0; ; attempts += 1) {
      try {
        return await attempt();
      } catch (error) {
        if (readiness.takeRefusal(error)) continue;
        if (error.code !== "model_not_ready" || attempts >= config.retries) throw error;
        await readiness.check();
        const seconds = error.retryAfter || WAIT_SECONDS;
        if (readiness.ready !== false) await countDown(seconds, { signal, onSecond: (left) => onWait(left, error) });
      }
    }
  } finally {
    clearInterval(clock);
  }
}
