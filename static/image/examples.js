// Examples of prompts: one replaces what was typed, with a way back.

import { find } from "./shared/dom.js";
import { EXAMPLES } from "./state.js";

const field = find("prompt");
const undo = find("undo-example");
let replaced;

/** Forget what an example replaced: it cannot be brought back any more. */
export function forgetReplaced() {
  replaced = undefined;
  undo.hidden = true;
}

/** Wire the examples; `onChange()` is called when the prompt has changed. */
export function wireExamples(onChange) {
  function insert(prompt) {
    field.value = prompt;
    undo.hidden = replaced === undefined;
    onChange();
    field.focus();
  }

  for (const chip of document.querySelectorAll("[data-example]")) {
    chip.addEventListener("click", () => {
      const isOwn = field.value.trim() && !Object.values(EXAMPLES).includes(field.value);
      if (isOwn) replaced = field.value;
      insert(EXAMPLES[chip.textContent.trim()]);
    });
  }
  undo.addEventListener("click", () => {
    const before = replaced;
    replaced = undefined;
    insert(before);
  });
}
