// The image page: wires the form, the jobs, their cards and the history together.

import { estimate, samplesOf } from "./estimate.js";
import * as form from "./form.js";
import { History } from "./history.js";
import { isWatched, variation, withSeed } from "./record.js";
import { Jobs } from "./send.js";
import { announce, find } from "./shared/dom.js";
import { owners } from "./shared/owner.js";
import { start } from "./shared/start.js";
import { announcementOf, fieldMessages } from "./state.js";
import { Store } from "./store.js";
import { View } from "./view.js";

const TITLE = document.title;
const store = new Store(changed);
const started = start();
const jobs = new Jobs(store, started);
let renewal;
const renew = async ({ id }) => {
  renewal ??= import("./renewal.js").then(({ Renewal }) => new Renewal(store, started));
  return (await renewal).renew(id);
};
const view = new View(store, {
  stop: ({ id }) => jobs.stop(id),
  watchAgain: ({ id }) => jobs.watchAgain(id),
  sendAgain: ({ id }) => jobs.sendAgain(id).catch(() => {}),
  retry: (record) => replace(record),
  reuse: (record) => form.fill(withSeed(record)),
  vary: (record) => submit(variation(record), { focus: true }),
  close: ({ id }) => close(id),
  renew,
});
const history = new History(store, { open, remove: (id) => jobs.remove(id), renew });
const statuses = new Map();
let isSending = false;

/** Show a job that has changed, and announce its new state. */
function changed(id) {
  const record = store.get(id);
  const isNew = record && !statuses.has(id);
  view.draw();
  history.draw({ added: isNew });
  if (!record || statuses.get(id) === record.status) return;
  statuses.set(id, record.status);
  const announcement = announcementOf(record);
  if (announcement) announce(announcement);
  if (isWatched(record)) return;
  form.update(); // there may be a better estimate now
  if (document.hidden && record.status === "SUCCEEDED") document.title = `✓ ${TITLE}`;
}

/** Send a new job of these settings; while it is on its way no other one is sent. */
async function submit(settings, { focus = false } = {}) {
  if (isSending) return;
  const unlock = lock();
  const { id } = store.add(settings);
  view.show(id, { focus });
  try {
    await jobs.send(id, { onHeld: unlock });
  } catch (error) {
    if (error.name === "ApiError") showRefusal(id, settings, error);
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

/** Show beside the fields what is wrong with them, if they are still those that were sent. */
function showRefusal(id, settings, error) {
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
  find("results-title").focus();
}

function open(id) {
  store.change(id, (record) => ({ ...record, shownAt: Date.now() }));
  view.show(id, { focus: true });
}

/** Show the jobs of whoever uses the page now, and go on with them. */
function takeUp() {
  for (const { id, status } of store.all()) statuses.set(id, status);
  jobs.follow();
  view.draw();
  history.draw({ added: true }); // what somebody else has removed cannot be brought back
  jobs.resume();
}

form.wireForm(() => {
  if (!isSending && form.check()) submit(form.values());
});
let wakeProgress = () => null;
form.setEstimate((settings) => ({ seconds: estimate(settings, samplesOf(store.all())), wake: wakeProgress(Date.now()) }));
started.then(({ readiness }) => {
  wakeProgress = (now) => readiness.wakeProgress(now);
  view.setWake(wakeProgress);
  readiness.addEventListener("change", () => {
    view.draw();
    form.update();
  });
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) document.title = TITLE;
});
addEventListener("storage", () => {
  jobs.follow();
  view.draw();
  history.draw();
});
takeUp();
owners.addEventListener("change", takeUp);
started.then(({ config }) => form.showNote(config.modelNote ?? ""));
document.documentElement.dataset.ready = "";
