// The form: its values, its counter, its messages, and the files that are dropped on it.

import { readLimits } from "./shared/config.js";
import { announce, find } from "./shared/dom.js";
import { keepDraft, readDraft } from "./shared/draft.js";
import { showCounter, showFieldMessages, showMeaning, wireSubmit } from "./shared/form.js";
import { count } from "./shared/format.js";
import { owner, owners } from "./shared/owner.js";
import { FileProblem, readTextFile } from "./files.js";
import { MODES, counter, creativityWords, lengthWords, problem, words } from "./state.js";

const FIELDS = ["text", "tokens", "temperature"];
const limits = readLimits();
const form = find("form");
const field = find("text");
const submit = find("submit");
const FILE_HINT = find("file-note").textContent;
let replaced;

export function values() {
  const { mode, tokens, temperature } = form.elements;
  return {
    mode: mode.value,
    text: field.value,
    tokens: Number(tokens.value),
    temperature: Number(temperature.value),
  };
}

/** Bring everything that depends on the values up to date. */
function update() {
  const { mode, text, tokens, temperature } = values();
  const { verb, label, placeholder } = MODES[mode];
  find("text-label").textContent = label;
  field.placeholder = placeholder;
  submit.textContent = verb;
  showCounter("count", counter(mode, text, limits));
  showMeaning("tokens", lengthWords(tokens));
  showMeaning("temperature", creativityWords(temperature));
}

/** Show messages beside their fields (name to sentence), and move the focus to the first. */
export function showMessages(messages) {
  showFieldMessages(FIELDS, messages);
  const first = FIELDS.find((name) => name in messages);
  if (first) find(first).focus();
}

/** Return whether the values can be sent; if not, the form says why. */
export function check() {
  const { mode, text } = values();
  const wrong = problem(mode, text, limits);
  showMessages(wrong ? { text: wrong } : {});
  return !wrong;
}

export function setBusy(isBusy) {
  find("fields").disabled = isBusy;
  submit.disabled = isBusy;
  form.setAttribute("aria-busy", String(isBusy));
}

export function focusText() {
  field.focus();
}

function setValues({ mode, text, tokens, temperature }) {
  form.elements.mode.value = mode;
  field.value = text;
  if (tokens) form.elements.tokens.value = tokens;
  if (temperature) form.elements.temperature.value = temperature;
}

/** Put this into the form, as if it had been typed. */
export function fill({ input, ...others }) {
  setValues({ text: input, ...others });
  forgetFile();
  showMessages({});
  update();
  field.focus();
}

function noteFile(note, canUndo) {
  find("file-note").textContent = note;
  find("undo-file").hidden = !canUndo;
}

function forgetFile() {
  replaced = undefined;
  noteFile(FILE_HINT, false);
}

async function insertFile(files) {
  if (find("fields").disabled) return;
  try {
    const { name, text } = await readTextFile(files);
    replaced = field.value;
    field.value = text;
    showMessages({});
    noteFile(`“${name}”, ${count(words(text), "word")}`, true);
    announce(`${name} is in the form.`);
    update();
    field.focus();
    field.setSelectionRange(0, 0);
    field.scrollTop = 0;
  } catch (error) {
    if (!(error instanceof FileProblem)) throw error;
    showMessages({ text: error.message });
  }
}

const hasFiles = (transfer) => [...(transfer?.types ?? [])].includes("Files");

function wireDrop() {
  const target = find("request");
  const highlight = (event) => {
    if (!hasFiles(event.dataTransfer)) return;
    // Anywhere on the page: a file that misses must not take the page's place.
    event.preventDefault();
    target.classList.toggle("dropping", event.type === "dragover" && target.contains(event.target));
  };
  addEventListener("dragover", highlight);
  addEventListener("dragleave", highlight);
  addEventListener("drop", (event) => {
    highlight(event);
    if (hasFiles(event.dataTransfer) && target.contains(event.target)) insertFile(event.dataTransfer.files);
  });
}

function wireFiles() {
  const chooser = find("file");
  find("open-file").addEventListener("click", () => chooser.click());
  chooser.addEventListener("change", async () => {
    if (chooser.files.length) await insertFile(chooser.files);
    chooser.value = ""; // so that the same file can be chosen again
  });
  find("undo-file").addEventListener("click", () => {
    field.value = replaced;
    forgetFile();
    update();
    field.focus();
  });
  field.addEventListener("paste", (event) => {
    if (!event.clipboardData.files.length) return;
    event.preventDefault();
    insertFile(event.clipboardData.files);
  });
}

const isDraft = ({ mode, text, tokens, temperature }) =>
  Object.hasOwn(MODES, mode ?? "") && typeof text === "string" && [tokens, temperature].every(Number.isFinite);

function restoreDraft() {
  const draft = readDraft(isDraft);
  if (draft && !field.value) setValues(draft);
  update();
}

/** Wire the form; `onSubmit()` is called each time that it is submitted. */
export function wireForm(onSubmit) {
  wireSubmit(form, onSubmit);
  form.addEventListener("input", (event) => {
    if (event.target.type === "file") return;
    if (event.target === field) forgetFile();
    showMessages({});
    update();
    if (event.target === field) announce(find("count").textContent);
  });
  wireFiles();
  wireDrop();
  restoreDraft();
  keepDraft(values);
  owners.addEventListener("change", () => (owner() === null ? form.reset() : restoreDraft()));
}
