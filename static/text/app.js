// The text page: wires the form, the request, the result and the history together.

import * as form from "./form.js";
import { History } from "./history.js";
import { PATHS, send } from "./send.js";
import { announce, find } from "./shared/dom.js";
import { start } from "./shared/start.js";
import { fieldMessages } from "./state.js";
import * as view from "./view.js";

const started = start({ wakePath: PATHS.wake });
const history = new History({ open: show });
let running = null;

function setBusy(isBusy) {
  form.setBusy(isBusy);
  history.setBusy(isBusy);
}

function show(record) {
  view.showResult(record, { onEdit: () => form.fill(record) });
  history.select(record.id);
}

function showFailure(error, mode) {
  const messages = error.status === 400 && fieldMessages(mode, error.details);
  if (messages) {
    view.showEmpty();
    form.showMessages(messages);
  } else {
    view.showFailure(error, { onRetry: submit });
  }
}

/** Send the values of the form; the result becomes a record of the history. */
async function request(values, signal) {
  const { mode, text: input, tokens, temperature } = values;
  const result = await send(values, { ...(await started), signal, onProgress: view.showProgress });
  return { id: crypto.randomUUID(), at: Date.now(), mode, input, tokens, temperature, ...result };
}

async function submit() {
  if (running || !form.check()) return;
  running = new AbortController();
  const { signal } = running;
  const values = form.values();
  setBusy(true);
  view.showRunning();
  history.select("");
  try {
    const record = await request(values, signal);
    history.add(record);
    setBusy(false);
    show(record);
  } catch (error) {
    setBusy(false);
    if (signal.aborted) showCancelled();
    else showFailure(error, values.mode);
  } finally {
    running = null;
  }
}

function showCancelled() {
  view.showEmpty();
  form.focusText();
  announce("Cancelled. Your text is still in the form.");
}

/** Wake the model already when the page is opened, where the deployment says so. */
async function wakeIfConfigured() {
  const { config, readiness } = await started;
  await readiness.firstCheck;
  if (String(config.wakeWhenOpened) === "true" && readiness.state === "asleep") readiness.wake();
}

form.wireForm(submit);
wakeIfConfigured();
find("cancel").addEventListener("click", () => running?.abort());
document.documentElement.dataset.ready = "";
