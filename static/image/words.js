// What a card says of its job.

import { secondsTaken } from "./estimate.js";
import { count, duration } from "./shared/format.js";
import { secondsInState } from "./record.js";

/** Return "about 8 seconds" or "about 2 min 10 s": no more exact than an estimate is. */
export function about(seconds) {
  if (seconds < 2) return "a second or two";
  if (seconds < 20) return `about ${Math.round(seconds)} s`;
  return `about ${duration(Math.round(seconds / 5) * 5)}`;
}

/**
 * Return `{title, text, share}` of an open job; `share` of its time has gone, or is null when nobody can know it.
 * `note` is what goes on besides, such as a lost connection.
 */
export function progressOf(record, { now, estimate, note }) {
  const seconds = secondsInState(record, now);
  const soFar = `${duration(seconds)} so far`;
  if (record.status === "SENDING") return { title: note ? "Not sent yet" : "Sending…", text: note ?? "", share: null };
  if (record.status === "QUEUED") return { title: "Waiting for its turn", text: note ?? soFar, share: null };
  const title = count(record.settings.num_images, "image") + " in the making";
  if (estimate === null) return { title, text: note ?? soFar, share: null };
  const usual = about(estimate);
  const share = seconds < estimate ? seconds / estimate : null;
  const text = share === null ? `${soFar}, longer than the usual ${usual.replace("about ", "")}` : `${soFar} of ${usual}`;
  return { title, text: note ?? text, share };
}

/** Return what a screen reader says when a job comes to another state; nothing of what is no news. */
export function newsOf({ status, settings, images, error }) {
  const what = `“${settings.prompt.trim().slice(0, 60)}”`;
  const news = {
    QUEUED: `Your job waits for its turn: ${what}.`,
    RUNNING: `The model is at work: ${what}.`,
    SUCCEEDED: `${count(images.length, "image")} ready: ${what}.`,
    FAILED: `The job failed: ${what}. ${error?.message ?? ""}`,
    LOST: `The job is no longer known: ${what}.`,
  };
  return news[status] ?? "";
}

/** Return how long a job took, or nothing. */
export function tookWords(record) {
  const seconds = secondsTaken(record);
  if (record.status !== "SUCCEEDED" || !(seconds > 0)) return "";
  return seconds < 10 ? `made in ${seconds.toFixed(1)} s` : `made in ${duration(Math.round(seconds))}`;
}
