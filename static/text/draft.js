// What is in the form, kept for this tab: a reload, or a browser that drops a tab which waits, must not lose a text.

import { read, write } from "./shared/storage.js";
import { MODES } from "./state.js";

const NAME = "draft";
const AREA = "sessionStorage";

/** Return the values that the form had when this tab was last left, or undefined. */
export function readDraft() {
  const draft = read(NAME, AREA);
  const isDraft =
    Object.hasOwn(MODES, draft?.mode ?? "") &&
    typeof draft.text === "string" &&
    [draft.tokens, draft.temperature].every(Number.isFinite);
  return isDraft ? draft : undefined;
}

/** Keep what `values()` returns whenever the tab is left, which it may be for good. */
export function keepDraft(values) {
  const keep = () => write(NAME, values(), AREA);
  addEventListener("pagehide", keep);
  document.addEventListener("visibilitychange", () => document.hidden && keep());
}
