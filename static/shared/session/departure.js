// The end of a person's use of this browser: what was stored for them goes, in all tabs of the page.

import { changeOwner, owner } from "../owner.js";
import { keyOf, removeAllOf } from "../storage.js";

let channel;

/** Remove all that is stored for the person, and nothing more is stored. */
function remove() {
  const gone = owner();
  changeOwner(null);
  if (gone) removeAllOf(gone);
}

/** Do so here, and let the page's other tabs follow. */
export function depart() {
  channel?.postMessage(owner());
  remove();
}

/** Follow when the same person leaves in another tab: `onGone()` is called then. */
export function followDepartures(onGone) {
  if (channel) return;
  channel = new BroadcastChannel(keyOf("departures"));
  channel.addEventListener("message", ({ data }) => {
    if (data !== owner()) return;
    remove();
    onGone();
  });
}
