// The result card: empty, running, failed, or with a result, which is shown as text and never as HTML.

import { copyButton } from "./shared/clipboard.js";
import { announce, element, find } from "./shared/dom.js";
import { icon } from "./shared/icons.js";
import { clearProblem, showProblem } from "./shared/problem.js";
import { MODES, facts } from "./state.js";

const card = find("result");
const title = find("result-title");
const tools = find("result-tools");

function setState(state) {
  card.dataset.state = state;
  card.setAttribute("aria-busy", String(state === "running"));
  tools.hidden = state !== "done";
  if (state !== "problem") clearProblem(find("problem"));
}

export function showEmpty() {
  title.textContent = "Result";
  setState("empty");
}

/** Show that a request runs, and move the focus to where it can be cancelled. */
export function showRunning() {
  title.textContent = "Result";
  setState("running");
  find("cancel").focus();
}

/** Show how the request goes; a screen reader says only what is `aloud`. */
export function showProgress(text, aloud) {
  find("progress").textContent = text;
  if (aloud) announce(aloud);
}

export function showFailure(error, { onRetry }) {
  title.textContent = "No result";
  setState("problem");
  showProblem(find("problem"), error, { onRetry });
}

function fact([name, value]) {
  return element("div", {}, element("dt", {}, name), element("dd", {}, value));
}

/** Show a result, new or from the history; `onEdit` puts what was sent back into the form. */
export function showResult(record, { onEdit }) {
  title.textContent = MODES[record.mode].name;
  find("output").textContent = record.output.trim() || "The model returned nothing. Try again, or change the text.";
  find("facts").replaceChildren(...facts(record).map(fact));
  find("input").textContent = record.input;
  find("sent").open = false;
  tools.replaceChildren(
    copyButton("Copy", () => record.output.trim()),
    element("button", { type: "button", class: "quiet small", onclick: onEdit }, icon("edit"), "Edit"),
  );
  setState("done");
  title.focus();
}
