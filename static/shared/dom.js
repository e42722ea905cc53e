// Elements and announcements. Text always goes in as text: nothing here reads HTML.

const PROPERTIES = new Set(["checked", "selected", "textContent", "value"]);
const SAID_AFTER_MS = 700;

export const find = (id) => document.getElementById(id);

/**
 * Make an element. A function becomes a listener (`onclick`), true an attribute without a value; false, null and
 * undefined are left out. Children are elements or text.
 */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === "function") made.addEventListener(name.replace(/^on/, ""), value);
    else if (PROPERTIES.has(name)) made[name] = value;
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value != null) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child != null && child !== false));
  return made;
}

/** Make these the children of a list; one that is in its place already is not touched, and keeps the focus. */
export function reorderChildren(list, elements) {
  for (const child of [...list.children]) if (!elements.includes(child)) child.remove();
  elements.forEach((one, place) => {
    if (list.children[place] !== one) list.insertBefore(one, list.children[place] ?? null);
  });
}

let region;
let timer;

/** Have a screen reader say this when the person pauses; of several in a row only the last is said. */
export function announce(text) {
  region ??= document.body.appendChild(
    element("div", { class: "visually-hidden", role: "status", id: "announcements" }),
  );
  clearTimeout(timer);
  timer = setTimeout(() => {
    // The same words twice are said twice only if something changes.
    region.textContent = region.textContent === text ? `${text}\u00a0` : text;
  }, SAID_AFTER_MS);
}
