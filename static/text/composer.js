// The form: its values, its counter, its messages, and the files that are dropped on it.

import { announce, find } from "./shared/dom.js";
import { FileProblem, readTextFile } from "./files.js";
import { MODES, counter, creativityWords, lengthWords, words } from "./state.js";
import { count } from "./shared/format.js";

export const form = find("form");
const field = find("text");
const submit = find("submit");
const FILE_HINT = find("file-note").textContent;
let limits = {};
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

export function setLimits(told) {
  limits = told;
  const most = Number(limits.maxNewTokens);
  if (most >= Number(form.elements.tokens.min)) form.elements.tokens.max = most;
  update();
}

/** Bring all that depends on the values up to date. */
function update() {
  const { mode, text, tokens, temperature } = values();
  const { verb, label, placeholder } = MODES[mode];
  const { words: counted, over } = counter(mode, text, limits);
  find("text-label").textContent = label;
  field.placeholder = placeholder;
  submit.textContent = verb;
  find("count").textContent = counted;
  find("count").classList.toggle("over", over);
  const meanings = { tokens: lengthWords(tokens), temperature: creativityWords(temperature) };
  for (const [id, [exact, about]] of Object.entries(meanings)) {
    find(`${id}-value`).textContent = exact;
    find(`${id}-about`).textContent = about;
    form.elements[id].setAttribute("aria-valuetext", `${exact}, ${about}`);
  }
}

/** Show messages beside their fields (id to sentence), and take the person to the first. */
export function showMessages(messages) {
  const ids = ["text", "tokens", "temperature"];
  for (const id of ids) {
    find(`${id}-error`).textContent = messages[id] ?? "";
    find(id).setAttribute("aria-invalid", String(id in messages));
  }
  const first = ids.find((id) => id in messages);
  if (first) find(first).focus();
}

export function setBusy(busy) {
  find("fields").disabled = busy;
  submit.disabled = busy;
  form.setAttribute("aria-busy", String(busy));
}

export function focusText() {
  field.focus();
}

/** Put this into the form, as if it had been typed. */
export function fill({ mode, input, tokens, temperature }) {
  form.elements.mode.value = mode;
  field.value = input;
  if (tokens) form.elements.tokens.value = tokens;
  if (temperature) form.elements.temperature.value = temperature;
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

async function take(files) {
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
  const target = find("composer");
  const mark = (event) => {
    if (!hasFiles(event.dataTransfer)) return;
    // Anywhere on the page: a file that misses must not take the page's place.
    event.preventDefault();
    target.classList.toggle("dropping", event.type === "dragover" && target.contains(event.target));
  };
  addEventListener("dragover", mark);
  addEventListener("dragleave", mark);
  addEventListener("drop", (event) => {
    mark(event);
    if (hasFiles(event.dataTransfer) && target.contains(event.target)) take(event.dataTransfer.files);
  });
}

function wireFiles() {
  const chooser = find("file");
  find("open-file").addEventListener("click", () => chooser.click());
  chooser.addEventListener("change", async () => {
    if (chooser.files.length) await take(chooser.files);
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
    take(event.clipboardData.files);
  });
}

/** Wire the form; `onSubmit` is called at each wish to send it. */
export function wireComposer(onSubmit) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    onSubmit();
  });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.repeat) return;
    event.preventDefault();
    onSubmit();
  });
  form.addEventListener("input", (event) => {
    if (event.target.type === "file") return;
    if (event.target === field) forgetFile();
    showMessages({});
    update();
    if (event.target === field) announce(find("count").textContent);
  });
  wireFiles();
  wireDrop();
  if (/Mac|iPhone|iPad/.test(navigator.platform)) find("modifier").textContent = "⌘";
  update();
}
