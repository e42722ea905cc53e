// Says so while the browser is offline.

import { announce } from "./dom.js";

/** Show the element while there is no connection. */
export function watchConnection(notice) {
  const show = () => {
    if (notice.hidden === navigator.onLine) return;
    notice.hidden = navigator.onLine;
    announce(navigator.onLine ? "You are online again." : notice.textContent);
  };
  addEventListener("online", show);
  addEventListener("offline", show);
  show();
}
