// The message of a failed request: a title, what to do, Retry where it may help, and the request's id to copy.

import { explain } from "./api.js";
import { copyButton } from "./clipboard.js";
import { element } from "./dom.js";
import { icon } from "./icons.js";

function reference(requestId) {
  return element(
    "p",
    { class: "reference" },
    element("span", {}, "Request id ", element("code", {}, requestId)),
    copyButton("Copy id", () => requestId),
  );
}

/** Show the error in its container, and move the focus there unless `focus` is false. */
export function showProblem(container, error, { onRetry, focus = true } = {}) {
  const { title, advice, requestId, retriable } = explain(error);
  const heading = element("h3", { tabindex: "-1" }, title);
  const retry =
    retriable && onRetry && element("button", { type: "button", onclick: onRetry }, icon("again"), "Retry");
  container.replaceChildren(
    icon("warning"),
    element(
      "div",
      {},
      heading,
      element("p", {}, advice),
      retry && element("div", { class: "toolbar" }, retry),
      requestId && reference(requestId),
    ),
  );
  container.setAttribute("role", "alert");
  container.hidden = false;
  if (focus) heading.focus();
}

export function clearProblem(container) {
  container.hidden = true;
  container.removeAttribute("role");
  container.replaceChildren();
}
