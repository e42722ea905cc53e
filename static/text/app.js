// The text page: reads the form, calls the API, shows what comes of it.

import { call, describe } from "./shared/api.js";
import { loadConfig } from "./shared/config.js";
import { MODES, facts, maximum, problem, requestBody } from "./state.js";
import * as view from "./view.js";

const config = await loadConfig();
let running = false;

function count() {
  const { mode, text } = view.values();
  view.showCount(text.length, maximum(mode, config.limits));
}

async function send() {
  if (running) return;
  const asked = view.values();
  const wrong = problem(asked.text, maximum(asked.mode, config.limits));
  view.showProblem(wrong);
  if (wrong || !view.form.reportValidity()) return;
  running = true;
  view.setBusy(true);
  view.showStatus("Waiting for the model…");
  const started = performance.now();
  try {
    const answer = await call(`${config.apiUrl}/${MODES[asked.mode].path}`, {
      body: requestBody(asked.mode, asked),
      onWait: (seconds, error) => view.showStatus(`${error.message} Trying again in ${seconds} seconds.`),
    });
    const text = answer[MODES[asked.mode].answer];
    view.showStatus("Done.");
    view.showResult(text, facts(asked.text, text, (performance.now() - started) / 1000));
  } catch (error) {
    view.showStatus(describe(error), "error");
  } finally {
    running = false;
    view.setBusy(false);
  }
}

view.form.addEventListener("submit", (event) => {
  event.preventDefault();
  send();
});
view.form.addEventListener("input", count);
view.form.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) send();
});
view.copyButton.addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText(view.answerText());
    view.showStatus("Copied.");
  } catch {
    view.showStatus("The browser did not allow to copy; select the text instead.", "error");
  }
});
view.showModel(config.model);
count();
