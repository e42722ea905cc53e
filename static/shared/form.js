// The part of a form that both pages share: how it is submitted, and its messages.

import { find } from "./dom.js";

/** Call `onSubmit()` when the form is submitted: by its button, or by Ctrl or Command with Enter. */
export function wireSubmit(form, onSubmit) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    onSubmit();
  });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.repeat) return;
    event.preventDefault();
    onSubmit();
  });
  if (/Mac|iPhone|iPad/.test(navigator.platform)) find("modifier").textContent = "⌘";
}

/** Show messages (name to sentence) beside the fields of these names, and clear those of the others. */
export function showFieldMessages(names, messages) {
  for (const name of names) {
    find(`${name}-error`).textContent = messages[name] ?? "";
    find(name)?.setAttribute("aria-invalid", String(name in messages));
  }
}

/** Show a counter (`{words, isOver}`) beside its field. */
export function showCounter(id, { words, isOver }) {
  find(id).textContent = words;
  find(id).classList.toggle("over", isOver);
}

/** Show what a slider's value means: the exact number above it, the meaning below, and both to a screen reader. */
export function showMeaning(name, [exact, meaning]) {
  find(`${name}-value`).textContent = exact;
  find(`${name}-about`).textContent = meaning;
  find(name).setAttribute("aria-valuetext", `${exact}, ${meaning}`);
}
