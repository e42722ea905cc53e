// A model that wakes: when this browser woke it, how far that is, and how long it usually takes. All tabs of the page share
// what is stored here, and a reload finds it again.

import { count, duration } from "./format.js";
import { median } from "./median.js";
import { read, write } from "./storage.js";

// As others measured it, until this browser has seen a wake from its beginning to its end.
const FIRST_ESTIMATE_SECONDS = 600;
const LATEST = 5;
const SHORTEST_SECONDS = 15; // in less, it was not asleep
const LONGEST_GAP_SECONDS = 90; // between two checks, for the end to be known well enough
const NOTICED_SECONDS = 120; // until the model's state shows that it was woken
const SAME_WAKE_SECONDS = 600; // between two requests for it
const LONGEST_SECONDS = 3600; // after which it has failed, or nobody saw its end

const isPositive = (value) => Number.isFinite(value) && value > 0;
let memory; // where nothing can be stored

/** Return `{since, at}`: when this browser first woke the model, and when last (milliseconds), or undefined. */
function underWay(now) {
  const stored = read("wake") ?? memory;
  const isRecent = now - stored?.since < LONGEST_SECONDS * 1000;
  return isRecent && isPositive(stored.at) ? stored : undefined;
}

function store(value) {
  memory = write("wake", value) ? undefined : value;
}

/** Note that a request of this browser has just woken the model. */
export function beginWake(now) {
  const { since, at } = underWay(now) ?? {};
  store({ since: now - at < SAME_WAKE_SECONDS * 1000 ? since : now, at: now });
}

/** Whether the model was woken so recently that its state need not show it yet. */
export function isJustWoken(now) {
  return now - (underWay(now)?.at ?? -Infinity) < NOTICED_SECONDS * 1000;
}

export const forgetWake = () => store(undefined);

/** Note that the model is awake, and learn from it how long that took; `checkedAt` is when it last was not. */
export function endWake(now, checkedAt) {
  const { since } = underWay(now) ?? {};
  const seconds = (now - since) / 1000;
  if (seconds >= SHORTEST_SECONDS && now - checkedAt <= LONGEST_GAP_SECONDS * 1000) {
    write("wakes", [seconds, ...pastWakes()].slice(0, LATEST));
  }
  forgetWake();
}

function pastWakes() {
  const stored = read("wakes");
  return Array.isArray(stored) ? stored.filter(isPositive) : [];
}

function estimatedSeconds() {
  const past = pastWakes();
  return past.length ? median(past) : FIRST_ESTIMATE_SECONDS;
}

const minutes = () => count(Math.max(1, Math.round(estimatedSeconds() / 60)), "minute");

/** Return how long waking takes, in words. */
export const usualWake = () => `about ${minutes()}`;

/**
 * Return `{usual, text, share, isLate}` of a wake that this page has seen since `seenAt`: `share` of its usual time has passed,
 * or is null when that cannot be known, since it began earlier or takes longer.
 */
export function wakeProgress(now, seenAt) {
  const since = underWay(now)?.since;
  const seconds = Math.max(0, (now - (since ?? seenAt)) / 1000);
  const isLate = seconds >= estimatedSeconds();
  const usual = usualWake();
  const soFar = `${since ? "" : "more than "}${duration(seconds)} so far`;
  if (isLate) return { usual, text: `${soFar}, longer than usual`, share: null, isLate };
  return { usual, text: soFar, share: since ? seconds / estimatedSeconds() : null, isLate };
}
