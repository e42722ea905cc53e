// What is in the form, kept for this tab: a reload, a sign-in, or a browser that drops a tab which waits, must not lose a text.

import { readOwn, writeOwn } from "./storage.js";

const NAME = "draft";
const AREA = "sessionStorage";

/** Return the values that the owner's form had when this tab was last left, or undefined; storage may hold anything else. */
export function readDraft(isDraft) {
  const draft = readOwn(NAME, AREA);
  return draft && isDraft(draft) ? draft : undefined;
}

/** Keep what `values()` returns whenever the tab is left, which it may be for good. */
export function keepDraft(values) {
  const keep = () => writeOwn(NAME, values(), AREA);
  addEventListener("pagehide", keep);
  document.addEventListener("visibilitychange", () => document.hidden && keep());
}
