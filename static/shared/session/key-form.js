// The form in which an API key is entered. Its field has no name: a form that a browser sends by itself would not have it.

import { element } from "../dom.js";

// What may stand in a header, and is no white space.
const KEY = /^[\x21-\x7e]{1,256}$/;

function showButton(field) {
  return element("button", {
    type: "button",
    class: "quiet",
    "aria-pressed": "false",
    "aria-controls": "api-key",
    textContent: "Show",
    onclick: ({ currentTarget: button }) => {
      const isShown = field.type === "password";
      field.type = isShown ? "text" : "password";
      button.setAttribute("aria-pressed", String(isShown));
    },
  });
}

/** Make the form; `onSubmit(key, {keep})` is called with a key that can be sent, and may take its time. */
export function keyForm({ problem = "", onSubmit }) {
  const field = element("input", {
    type: "password",
    id: "api-key",
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    required: true,
    "aria-describedby": "api-key-error api-key-hint",
    "aria-invalid": String(problem !== ""),
  });
  const error = element("p", { class: "error", id: "api-key-error", role: "alert" }, problem);
  const keep = element("input", { type: "checkbox", id: "api-key-keep" });
  const button = element("button", { class: "primary" }, "Use this key");
  const form = element(
    "form",
    { method: "dialog", novalidate: true },
    element(
      "div",
      { class: "field" },
      element("label", { for: "api-key" }, "API key"),
      element("div", { class: "secret" }, field, showButton(field)),
      error,
      element("p", { class: "hint", id: "api-key-hint" }, "You get one from whoever runs this service. It is sent to this service alone."),
    ),
    element("label", { class: "choice" }, keep, "Keep it until this tab is closed"),
    element("div", { class: "toolbar" }, button),
  );
  let isChecking = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (isChecking) return undefined;
    const key = field.value.trim();
    const isKey = KEY.test(key);
    error.textContent = isKey ? "" : key ? "This is no API key: it has letters, digits and signs, without blanks." : "Enter your API key.";
    field.setAttribute("aria-invalid", String(!isKey));
    if (!isKey) return field.focus();
    // Disabled, the button would lose the focus.
    isChecking = true;
    button.setAttribute("aria-disabled", "true");
    await onSubmit(key, { keep: keep.checked });
    button.removeAttribute("aria-disabled");
    isChecking = false;
    return undefined;
  });
  if (problem) queueMicrotask(() => field.focus());
  return form;
}
