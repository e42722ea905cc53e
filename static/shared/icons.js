// The pages' few icons, as paths drawn with a line.

const SVG = "http://www.w3.org/2000/svg";
const PATHS = {
  again: "M20 11a8 8 0 1 0-2.3 6.3M20 5v6h-6",
  back: "M15 5l-7 7 7 7",
  bin: "M4 7h16M9 7V4h6v3m-8.5 0 1 13h9l1-13M10 11v5m4-5v5",
  close: "M6 6l12 12M18 6 6 18",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  dice: "M5 4h14a1 1 0 0 1 1 1v14a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1zM8.5 8.5h.01M15.5 8.5h.01M12 12h.01M8.5 15.5h.01M15.5 15.5h.01",
  done: "M5 12.5l4.5 4.5L19 7.5",
  download: "M12 4v11m-5-5 5 5 5-5M5 20h14",
  edit: "M4 20h4L19.5 8.5l-4-4L4 16zM13.5 6.5l4 4",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 9.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5",
  file: "M14 3H6v18h12V7zm0 0v4h4M9 13h6m-6 4h6",
  forward: "M9 5l7 7-7 7",
  vary: "M4 7h3.5c4 0 5 10 9 10H20m-3-3 3 3-3 3M4 17h3.5c1.3 0 2.3-1 3-2.4M13.4 9.3c.8-1.4 1.7-2.3 3.1-2.3H20m-3-3 3 3-3 3",
  warning: "M12 4 2.5 20h19zM12 10v4.5m0 2.5v.1",
};

/** Return a new element with this icon, of 24 by 24; it says nothing to a screen reader. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const line = document.createElementNS(SVG, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  line.setAttribute("d", PATHS[name]);
  svg.append(line);
  return svg;
}
