// The text page: wires the form, the request, the result and the history together.

import * as composer from "./composer.js";
import * as history from "./history.js";
import { send } from "./request.js";
import { Config } from "./shared/config.js";
import { watchConnection } from "./shared/connection.js";
import { announce, find } from "./shared/dom.js";
import { watchReadiness } from "./shared/readiness.js";
import { addSettings } from "./shared/settings.js";
import { fieldMessages, problem } from "./state.js";
import * as view from "./view.js";

const loading = Config.load();
const ready = new EventTarget();
let readiness;
let running = null;

function show(record) {
  if (running) return;
  view.showResult(record, () => composer.fill(record));
  history.mark(record.id);
}

function showFailure(error, mode) {
  const messages = error.status === 400 && fieldMessages(mode, error.details);
  if (messages) {
    view.showEmpty();
    composer.showMessages(messages);
  } else {
    view.showFailure(error, submit);
  }
}

async function run(asked, config) {
  const { signal } = running;
  const result = await send(asked, { config, readiness, ready, signal, onProgress: view.showProgress });
  return {
    id: crypto.randomUUID(),
    at: Date.now(),
    mode: asked.mode,
    input: asked.text,
    tokens: asked.tokens,
    temperature: asked.temperature,
    ...result,
  };
}

async function submit() {
  if (running) return;
  running = new AbortController();
  const asked = composer.values();
  const config = await loading;
  const wrong = problem(asked.mode, asked.text, config.limits);
  composer.showMessages(wrong ? { text: wrong } : {});
  if (wrong) {
    running = null;
    return;
  }
  composer.setBusy(true);
  view.showRunning();
  history.mark("");
  const outcome = await run(asked, config).catch((error) => error);
  const { aborted } = running.signal;
  running = null;
  composer.setBusy(false);
  if (aborted) {
    view.showEmpty();
    composer.focusText();
    announce("Cancelled. Your text is still in the form.");
  } else if (outcome instanceof Error) {
    showFailure(outcome, asked.mode);
  } else {
    history.add(outcome);
    show(outcome);
  }
}

composer.wireComposer(submit);
history.wireHistory(show);
find("cancel").addEventListener("click", () => running?.abort());
watchConnection(find("offline"));
document.documentElement.dataset.ready = "";

const config = await loading;
view.showModel(config.model);
composer.setLimits(config.limits);
readiness = watchReadiness(config, find("readiness"), { onReady: () => ready.dispatchEvent(new Event("ready")) });
addSettings(config, { button: find("settings-button"), onChange: () => readiness.check() });
