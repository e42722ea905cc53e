// The pages' few icons, as paths drawn with a line.

import { drawing } from "./dom.js";

const PATHS = {
  again: "M20 11a8 8 0 1 0-2.3 6.3M20 5v6h-6",
  bin: "M4 7h16M9 7V4h6v3m-8.5 0 1 13h9l1-13M10 11v5m4-5v5",
  close: "M6 6l12 12M18 6 6 18",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  done: "M5 12.5l4.5 4.5L19 7.5",
  edit: "M4 20h4L19.5 8.5l-4-4L4 16zM13.5 6.5l4 4",
  file: "M14 3H6v18h12V7zm0 0v4h4M9 13h6m-6 4h6",
  warning: "M12 4 2.5 20h19zM12 10v4.5m0 2.5v.1",
};

/** Return a new element with this icon; it says nothing to a screen reader. */
export function icon(name) {
  return drawing(PATHS[name]);
}
