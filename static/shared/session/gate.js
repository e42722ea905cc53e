// The card at the head of the page of somebody who is not signed in: instead of the rest ("closed"), or above it ("ended").

import { announce, element, find } from "../dom.js";

/** Return how the card is shown: "closed", "ended", or not at all (undefined). */
export const gateState = () => document.documentElement.dataset.access;

function setState(state) {
  if (state) document.documentElement.dataset.access = state;
  else delete document.documentElement.dataset.access;
}

/** Show the card; `problem` is what has just gone wrong, which a screen reader says at once. */
export function showGate(state, { title, problem = "" }, ...content) {
  const place = find("access");
  const heading = element("h2", { id: "access-title", tabindex: "-1" }, title);
  const alert = problem && element("p", { class: "error", role: "alert" }, problem);
  setState(state);
  place.setAttribute("aria-busy", "false");
  place.replaceChildren(heading, alert, ...content);
  if (state === "ended" && !problem) announce(`${title}.`);
}

/** Show that something is under way which needs nobody. */
export function showBusy(words) {
  const place = find("access");
  setState("closed");
  place.setAttribute("aria-busy", "true");
  place.replaceChildren(
    element("div", { class: "toolbar" }, element("span", { class: "spinner" }), element("h2", { id: "access-title" }, words)),
  );
}

/** Take the card away; whoever was in it goes on in the form. */
export function hideGate() {
  const place = find("access");
  const wasInside = place.contains(document.activeElement);
  setState(undefined);
  place.replaceChildren();
  if (wasInside) document.querySelector(document.querySelector(".skip").hash).focus();
}

/** Show in the masthead who is using the page, and a button that ends it. */
export function showAccount({ name, hint, leave, onLeave }) {
  find("account").replaceChildren(
    element("span", { class: "chip", title: name }, element("span", { class: "visually-hidden" }, `${hint} `), element("span", { class: "name" }, name)),
    element("button", { type: "button", class: "small", onclick: onLeave }, leave),
  );
  find("account").hidden = false;
}
