// The time that a job will take, judging by this browser's earlier jobs.

import { median } from "./shared/median.js";
import { secondsTaken } from "./record.js";
import { pixelSteps } from "./state.js";

const LATEST = 10;
const ALIKE = 2;

/** Return the work and the seconds of each job that succeeded; not of those whose time has the model's waking in it. */
export function samplesOf(records) {
  return records
    .filter(({ status, woken }) => status === "SUCCEEDED" && !woken)
    .map((record) => ({ work: pixelSteps(record.settings), seconds: secondsTaken(record) }))
    .filter(({ work, seconds }) => work > 0 && seconds > 0);
}

/**
 * Return the seconds for a job of this work, or null when nothing is known: the median of the latest jobs, each scaled
 * by its work. Jobs of about this work count alone where there are any, because a part of the time is the same for all.
 */
export function estimate(settings, samples) {
  const work = pixelSteps(settings);
  const alike = samples.filter((sample) => Math.max(sample.work / work, work / sample.work) <= ALIKE);
  const used = (alike.length ? alike : samples).slice(0, LATEST);
  return used.length && work > 0 ? median(used.map(({ seconds, work: its }) => (seconds * work) / its)) : null;
}
