// Examples of prompts: one takes the place of what was typed, with a way back.

import { find } from "./shared/dom.js";
import { EXAMPLES } from "./request.js";

const field = find("prompt");
const undo = find("undo-example");
let replaced;

/** Forget what an example took the place of: something else is there now. */
export function forgetReplaced() {
  replaced = undefined;
  undo.hidden = true;
}

/** Wire the examples; `onTaken()` is called when the prompt has changed. */
export function wireExamples(onTaken) {
  function take(prompt) {
    field.value = prompt;
    undo.hidden = replaced === undefined;
    onTaken();
    field.focus();
  }

  for (const chip of document.querySelectorAll("[data-example]")) {
    chip.addEventListener("click", () => {
      const isOwn = field.value.trim() && !Object.values(EXAMPLES).includes(field.value);
      if (isOwn) replaced = field.value;
      take(EXAMPLES[chip.textContent.trim()]);
    });
  }
  undo.addEventListener("click", () => {
    const before = replaced;
    replaced = undefined;
    take(before);
  });
}
