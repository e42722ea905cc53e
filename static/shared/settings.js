// The settings: a dialog that is built when it is first opened, the same on each page.

import { RANGES, THEMES } from "./config.js";
import { announce, element } from "./dom.js";
import { icon } from "./icons.js";

const FIELDS = {
  apiUrl: {
    label: "API URL",
    hint: "“api” is the API beside this page. Another address works only if this page's security policy allows it.",
    control: { type: "text", inputmode: "url", autocomplete: "off", autocapitalize: "off", spellcheck: "false" },
  },
  timeoutSeconds: {
    label: "Time-out in seconds",
    hint: "How long to wait for a response.",
    control: { type: "text", inputmode: "numeric", autocomplete: "off" },
    read: readNumber,
  },
  retries: {
    label: "Retries",
    hint: `How often to try again when the service is busy: ${RANGES.retries.join(" to ")}.`,
    control: { type: "text", inputmode: "numeric", autocomplete: "off" },
    read: readNumber,
  },
};
const THEME_NAMES = { auto: "Same as system", light: "Light", dark: "Dark" };

// first-paint.js does the same before anything is drawn.
function applyTheme(theme) {
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
}

function readNumber(text) {
  return /^\s*\d+\s*$/.test(text) ? Number(text) : Number.NaN;
}

function textField(name, { label, hint, control }) {
  const id = `settings-${name}`;
  return element(
    "div",
    { class: "field" },
    element("label", { for: id }, label),
    element("input", { id, name, "aria-describedby": `${id}-hint ${id}-error`, ...control }),
    element("p", { class: "hint", id: `${id}-hint` }, hint),
    element("p", { class: "error", id: `${id}-error` }),
  );
}

function themeField() {
  const choice = (theme) =>
    element(
      "label",
      {},
      element("input", { type: "radio", name: "theme", value: theme }),
      element("span", {}, THEME_NAMES[theme]),
    );
  const choices = element("div", { class: "segmented" }, ...THEMES.map(choice));
  return element("fieldset", { class: "field" }, element("legend", {}, "Theme"), choices);
}

function buildDialog(close, reset) {
  const head = element(
    "div",
    { class: "dialog-head" },
    element("h2", { id: "settings-title" }, "Settings"),
    element("button", { type: "button", class: "icon-button", "aria-label": "Close settings", onclick: close }, icon("close")),
  );
  const foot = element(
    "div",
    { class: "toolbar" },
    element("button", { type: "submit" }, "Save"),
    element("button", { type: "button", class: "quiet", onclick: close }, "Cancel"),
    element("button", { type: "button", class: "plain", onclick: reset }, "Reset to defaults"),
  );
  const { apiUrl, timeoutSeconds, retries } = FIELDS;
  const form = element(
    "form",
    { novalidate: true },
    head,
    textField("apiUrl", apiUrl),
    element("div", { class: "row" }, textField("timeoutSeconds", timeoutSeconds), textField("retries", retries)),
    themeField(),
    element("p", { class: "hint", role: "status" }),
    foot,
  );
  return element("dialog", { "aria-labelledby": "settings-title" }, form);
}

function valuesOf(form) {
  const entered = Object.fromEntries(new FormData(form));
  const values = { theme: entered.theme, apiUrl: entered.apiUrl.trim() };
  for (const [name, { read }] of Object.entries(FIELDS)) if (read) values[name] = read(entered[name]);
  return values;
}

function showProblems(form, problems) {
  for (const name of Object.keys(FIELDS)) {
    form.elements[name].setAttribute("aria-invalid", String(name in problems));
    form.querySelector(`#settings-${name}-error`).textContent = problems[name] ?? "";
  }
  const first = Object.keys(FIELDS).find((name) => name in problems);
  if (first) form.elements[first].focus();
}

/** Close at a click outside; one that only ends outside, such as the end of a selection, does not count. */
function closeByClickOutside(dialog, close) {
  let beganOutside = false;
  dialog.addEventListener("pointerdown", (event) => {
    beganOutside = event.target === dialog;
  });
  dialog.addEventListener("click", (event) => {
    if (beganOutside && event.target === dialog) close();
  });
}

/** Wire the button to the settings of `config`; `onChange(config)` is called after they were saved or reset. */
export function addSettings(config, { button, onChange = () => {} }) {
  let dialog;
  const form = () => dialog.firstElementChild;
  const say = (words) => {
    form().querySelector("[role=status]").textContent = words;
  };
  const close = () => dialog.close();

  function fill() {
    for (const name of Object.keys(FIELDS)) form().elements[name].value = config[name];
    form().elements.theme.value = config.theme;
    showProblems(form(), {});
    say("");
  }

  function changed(isStored) {
    applyTheme(config.theme);
    onChange(config);
    return isStored;
  }

  function save(event) {
    event.preventDefault();
    const values = valuesOf(form());
    const problems = config.problems(values);
    showProblems(form(), problems);
    if (Object.keys(problems).length > 0) return;
    if (changed(config.save(values))) {
      close();
      announce("Settings saved.");
    } else {
      say("These settings hold until you leave this page: this browser does not allow storing them.");
    }
  }

  function reset() {
    changed(config.reset());
    fill();
    say("The defaults are restored.");
  }

  function build() {
    dialog = document.body.appendChild(buildDialog(close, reset));
    form().addEventListener("submit", save);
    closeByClickOutside(dialog, close);
    // Some browsers do not focus a button that is clicked, and so have nothing to go back to.
    dialog.addEventListener("close", () => button.focus());
  }

  button.setAttribute("aria-haspopup", "dialog");
  button.addEventListener("click", () => {
    if (!dialog) build();
    fill();
    dialog.showModal();
    form().elements.apiUrl.focus();
  });
}
