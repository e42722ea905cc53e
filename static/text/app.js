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

const ready = new EventTarget();
const started = start();
let running = null;

async function start() {
  const config = await Config.load();
  const readiness = watchReadiness(config, find("readiness"), {
    onReady: () => ready.dispatchEvent(new Event("ready")),
  });
  view.showModel(config.model);
  composer.setLimits(config.limits);
  addSettings(config, { button: find("settings-button"), onChange: readiness.check });
  return { config, readiness };
}

function setBusy(busy) {
  composer.setBusy(busy);
  history.setBusy(busy);
}

function show(record) {
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

/** Send what was asked; the result becomes a record of the history. */
async function request(asked, signal) {
  const { mode, text: input, tokens, temperature } = asked;
  const result = await send(asked, { ...(await started), ready, signal, onProgress: view.showProgress });
  return { id: crypto.randomUUID(), at: Date.now(), mode, input, tokens, temperature, ...result };
}

/** Whether the values can be sent; if not, the form says why. */
function check({ mode, text }, { limits }) {
  const wrong = problem(mode, text, limits);
  composer.showMessages(wrong ? { text: wrong } : {});
  return !wrong;
}

async function submit() {
  if (running) return;
  running = new AbortController();
  const { signal } = running;
  const asked = composer.values();
  try {
    if (!check(asked, (await started).config)) return;
    setBusy(true);
    view.showRunning();
    history.mark("");
    const record = await request(asked, signal);
    history.add(record);
    setBusy(false);
    show(record);
  } catch (error) {
    setBusy(false);
    if (signal.aborted) cancelled();
    else showFailure(error, asked.mode);
  } finally {
    running = null;
  }
}

function cancelled() {
  view.showEmpty();
  composer.focusText();
  announce("Cancelled. Your text is still in the form.");
}

composer.wireComposer(submit);
history.wireHistory(show);
find("cancel").addEventListener("click", () => running?.abort());
watchConnection(find("offline"));
document.documentElement.dataset.ready = "";
