// The times at which a job is checked again.

const FIRST_SECONDS = 1;
const LONGEST_SECONDS = 8;
const WAKING_SECONDS = 15;
const HIDDEN_SECONDS = 20;
const LONGEST_AFTER_FAILURE_SECONDS = 30;

/**
 * Seconds until the next check: a little longer each time, longer still while the model wakes, which takes minutes, or
 * nobody sees the page, and after failures with jitter, or as long as the service says.
 */
export function waitBefore(check, { failures = 0, retryAfter = 0, hidden = false, waking = false, random = Math.random } = {}) {
  let seconds = Math.min(LONGEST_SECONDS, FIRST_SECONDS * 1.3 ** check);
  if (failures > 0) {
    const longest = Math.min(LONGEST_AFTER_FAILURE_SECONDS, 2 ** (failures + 1));
    seconds = retryAfter || longest * (0.5 + random() / 2);
  }
  return Math.max(seconds, waking ? WAKING_SECONDS : 0, hidden ? HIDDEN_SECONDS : 0);
}

/** Wait; an event "wake" of `wakes` ends the wait early, an abort of `signal` ends it with the signal's reason. */
export function pause(seconds, { signal, wakes }) {
  return new Promise((resolve, reject) => {
    const stop = (settle) => () => {
      clearTimeout(timer);
      wakes.removeEventListener("wake", awake);
      signal.removeEventListener("abort", aborted);
      settle();
    };
    const awake = stop(resolve);
    const aborted = stop(() => reject(signal.reason));
    const timer = setTimeout(awake, seconds * 1000);
    wakes.addEventListener("wake", awake);
    signal.addEventListener("abort", aborted);
    if (signal.aborted) aborted();
  });
}
