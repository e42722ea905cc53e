// The image page: starts a job, watches it, and shows what comes of it.

import { call, describe, pause } from "./shared/api.js";
import { loadConfig } from "./shared/config.js";
import { isOver, problem, progressText, requestBody, waitBefore } from "./state.js";
import * as view from "./view.js";

const config = await loadConfig();
const jobUrl = (id = "") => `${config.apiUrl}/generate${id && `/${id}`}`;
let running = false;

function onWait(seconds, error) {
  view.showStatus(`${error.message} Trying again in ${seconds} seconds.`);
}

async function watch(jobId) {
  const started = performance.now();
  for (let look = 0; ; look += 1) {
    const job = await call(jobUrl(jobId), { onWait });
    if (isOver(job)) return job;
    view.showStatus(progressText(job, (performance.now() - started) / 1000));
    await pause(waitBefore(look));
  }
}

async function run(body) {
  // The key makes a repeated request the same job, whatever happened to the first answer.
  const headers = { "Idempotency-Key": crypto.randomUUID() };
  const { job_id: jobId } = await call(jobUrl(), { body, headers, onWait });
  const job = await watch(jobId);
  if (job.status === "FAILED") throw new Error(job.error.message);
  view.showStatus("Done.");
  view.showJob(job);
}

async function start() {
  if (running) return;
  const asked = view.values();
  const wrong = problem(asked.prompt, config.limits);
  view.showProblem(wrong);
  if (wrong || !view.form.reportValidity()) return;
  running = true;
  view.setBusy(true);
  view.showStatus("Sending…");
  try {
    await run(requestBody(asked));
  } catch (error) {
    view.showStatus(describe(error), "error");
  } finally {
    running = false;
    view.setBusy(false);
  }
}

view.form.addEventListener("submit", (event) => {
  event.preventDefault();
  start();
});
view.form.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) start();
});
view.showModel(config.model);
