// Buttons that copy, and say beside the finger whether it worked.

import { announce, element } from "./dom.js";
import { icon } from "./icons.js";

const SHOWN_MS = 2000;

/** Make a button that copies what `text()` returns, and says whether that worked. */
export function copyButton(label, text) {
  const words = element("span", {}, label);
  const button = element("button", { type: "button", class: "quiet small" }, icon("copy"), words);
  let timer;
  const show = (name, caption) => {
    button.replaceChildren(icon(name), words);
    words.textContent = caption;
  };
  button.addEventListener("click", async () => {
    clearTimeout(timer);
    try {
      await navigator.clipboard.writeText(text());
      show("done", "Copied");
      announce("Copied");
    } catch {
      show("warning", "Select it to copy");
      announce("The browser does not allow copying. Select the text and copy it yourself.");
    }
    timer = setTimeout(() => show("copy", label), SHOWN_MS);
  });
  return button;
}
