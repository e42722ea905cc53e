// The image page: wires the form, the jobs, their cards and the history together.

import { estimate, samplesOf } from "./estimate.js";
import * as form from "./form.js";
import { History } from "./history.js";
import { Jobs } from "./jobs.js";
import { isWatched, withSeed, variation } from "./record.js";
import { fieldMessages } from "./request.js";
import { Config } from "./shared/config.js";
import { watchConnection } from "./shared/connection.js";
import { announce, find } from "./shared/dom.js";
import { watchReadiness } from "./shared/readiness.js";
import { addSettings } from "./shared/settings.js";
import { Stage } from "./stage.js";
import { Store } from "./store.js";
import { newsOf } from "./words.js";

const TITLE = document.title;
const ready = new EventTarget();
const store = new Store(changed);
const started = start();
const jobs = new Jobs(store, started);
const stage = new Stage(store, {
  stop: ({ id }) => jobs.stop(id),
  watchAgain: ({ id }) => jobs.watchAgain(id),
  sendAgain: ({ id }) => jobs.sendAgain(id).catch(() => {}),
  retry: (record) => replace(record),
  reuse: (record) => form.fill(withSeed(record)),
  vary: (record) => submit(variation(record), { focus: true }),
  close: ({ id }) => close(id),
});
const history = new History(store, { open, remove: (id) => jobs.remove(id) });
const statuses = new Map(store.all().map(({ id, status }) => [id, status]));
let isSending = false;

async function start() {
  const config = await Config.load();
  const readiness = watchReadiness(config, find("readiness"), {
    onReady: () => ready.dispatchEvent(new Event("ready")),
  });
  if (config.model) find("model").textContent = config.model;
  form.setLimits(config.limits);
  addSettings(config, { button: find("settings-button"), onChange: readiness.check });
  return { config, readiness, ready };
}

/** Show a job that has changed, and say what is news of it. */
function changed(id) {
  const record = store.get(id);
  const isNew = record && !statuses.has(id);
  stage.draw();
  history.draw({ added: isNew });
  if (!record || statuses.get(id) === record.status) return;
  statuses.set(id, record.status);
  const news = newsOf(record);
  if (news) announce(news);
  if (isWatched(record)) return;
  form.update(); // there may be a better estimate now
  if (document.hidden && record.status === "SUCCEEDED") document.title = `✓ ${TITLE}`;
}

/** Send a new job of these settings; while it is on its way there is no second one. */
async function submit(settings, { focus = false } = {}) {
  if (isSending) return;
  const unlock = lock();
  const { id } = store.add(settings);
  stage.show(id, { focus });
  try {
    await jobs.send(id, { onHeld: unlock });
  } catch (error) {
    if (error.name === "ApiError") refused(id, settings, error);
    else if (error.name !== "AbortError") throw error;
  } finally {
    unlock();
  }
}

/** Keep anything else from being sent until the function that this returns is called. */
function lock() {
  let isLocked = true;
  isSending = true;
  form.setBusy(true);
  return () => {
    if (!isLocked) return;
    isLocked = false;
    isSending = false;
    form.setBusy(false);
  };
}

/** Say beside the fields what is wrong with them, if they are still those that were sent. */
function refused(id, settings, error) {
  const messages = error.status === 400 && fieldMessages(error.details);
  if (!messages || JSON.stringify(form.values()) !== JSON.stringify(settings)) return;
  jobs.remove(id);
  form.setBusy(false);
  form.showMessages(messages);
}

function replace({ id, settings }) {
  if (isSending) return;
  jobs.remove(id);
  submit(settings, { focus: true });
}

function close(id) {
  store.change(id, (record) => ({ ...record, shownAt: 0 }));
  find("stage-title").focus();
}

function open(id) {
  store.change(id, (record) => ({ ...record, shownAt: Date.now() }));
  stage.show(id, { focus: true });
}

form.wireForm(() => {
  if (!isSending && form.check()) submit(form.values());
});
form.setEstimate((settings) => estimate(settings, samplesOf(store.all())));
watchConnection(find("offline"));
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) document.title = TITLE;
});
addEventListener("storage", () => {
  jobs.follow();
  stage.draw();
  history.draw();
});
stage.draw();
history.draw();
jobs.resume();
document.documentElement.dataset.ready = "";
