// This browser's earlier results: a list that can be opened again, and cleared with a way back.

import { announce, element, find } from "./shared/dom.js";
import { ago } from "./shared/format.js";
import { icon } from "./shared/icons.js";
import { Records } from "./shared/storage.js";
import { MODES } from "./state.js";

const LIMIT = 30;
const EXCERPT_CHARACTERS = 240;
const NOT_KEPT = "This browser keeps nothing: these results go when you leave the page.";

const records = new Records("results", { limit: LIMIT });
const isResult = ({ mode, input, output, seconds, at }) =>
  Object.hasOwn(MODES, mode ?? "") &&
  [input, output].every((text) => typeof text === "string") &&
  [seconds, at].every(Number.isFinite);

let open = () => {};
let shown = "";
let removed = [];

function entry(record) {
  const excerpt = record.output.trim().slice(0, EXCERPT_CHARACTERS) || "(nothing)";
  const words = element("span", { class: "excerpt" }, excerpt);
  const when = element("span", { class: "hint" }, ago(record.at));
  const chip = element("span", { class: "chip" }, MODES[record.mode].name);
  return element(
    "li",
    {},
    element(
      "button",
      { type: "button", class: "entry", "aria-current": record.id === shown && "true", onclick: () => open(record) },
      element("span", { class: "entry-head" }, chip, when),
      words,
    ),
    element(
      "button",
      { type: "button", class: "icon", "aria-label": `Remove: ${excerpt.slice(0, 40)}`, onclick: () => remove([record]) },
      icon("bin"),
    ),
  );
}

function draw() {
  const results = records.all().filter(isResult);
  find("history").hidden = results.length === 0 && removed.length === 0;
  find("history-list").replaceChildren(...results.map(entry));
  find("clear-history").hidden = results.length === 0;
  find("undo-history").hidden = removed.length === 0;
  const gone = removed.length === 1 ? "One result was removed." : `${removed.length} results were removed.`;
  find("history-note").textContent = removed.length ? gone : records.persistent ? "" : NOT_KEPT;
}

function remove(some) {
  removed = some;
  for (const { id } of some) records.remove(id);
  draw();
  announce(find("history-note").textContent);
  find("undo-history").focus();
}

function undo() {
  const back = [...removed, ...records.all()].sort((one, other) => one.at - other.at);
  removed = [];
  records.clear();
  for (const record of back) records.put(record);
  draw();
  find("history-title").focus();
}

export function setBusy(busy) {
  find("history-fields").disabled = busy;
}

/** Mark the result that is on show. */
export function mark(id) {
  shown = id;
  draw();
}

export function add(record) {
  removed = [];
  records.put(record);
  mark(record.id);
}

/** Show the list; `onOpen(record)` is called for the one that was chosen. */
export function wireHistory(onOpen) {
  open = onOpen;
  find("clear-history").addEventListener("click", () => remove(records.all().filter(isResult)));
  find("undo-history").addEventListener("click", undo);
  addEventListener("storage", draw); // another tab has added or removed some
  draw();
}
