// The rules and the wording of the page, without the page itself: presets, checks of a request, words for numbers and jobs.

import { lengthOf, textProblem } from "./shared/characters.js";
import { fieldMessages as messagesOf } from "./shared/errors.js";
import { count, duration, number } from "./shared/format.js";
import { secondsInState, secondsTaken } from "./record.js";

/** Return the presets of quality; the balanced one has the API's defaults. */
export function qualities({ defaultSteps, defaultGuidance }) {
  return {
    sketch: { num_inference_steps: 20, guidance_scale: 7 },
    balanced: { num_inference_steps: defaultSteps, guidance_scale: defaultGuidance },
    fine: { num_inference_steps: 80, guidance_scale: 9 },
  };
}

export const EXAMPLES = {
  "Lighthouse at dawn": "A lighthouse on a cliff at dawn, soft morning mist, calm sea, oil on canvas",
  "Fox in the snow": "A red fox in a snowy pine forest, late afternoon light, detailed illustration",
  "Balloon over a valley": "A yellow hot-air balloon over a green valley, mountains behind, bright summer morning",
  "City in the rain": "A quiet city street at night in the rain, lights on wet stone, cinematic photograph",
};

/** Return the work of a job, which its time depends on: pixels by steps. */
export function pixelSteps({ width, height, num_inference_steps: steps, num_images: images }) {
  return width * height * steps * images;
}

/** Return the name of the preset that has these settings, or nothing for a person's own. */
export function qualityOf({ num_inference_steps: steps, guidance_scale: guidance }, limits) {
  const isPreset = ([, preset]) => preset.num_inference_steps === steps && preset.guidance_scale === guidance;
  return Object.entries(qualities(limits)).find(isPreset)?.[0] ?? "";
}

function promptProblem(prompt, { promptMinCharacters: least, promptMaxCharacters: most }) {
  const length = lengthOf(prompt);
  if (length === 0) return "Describe the image that you want.";
  if (length < least) return `Describe it in more detail: at least ${count(least, "character")}, not ${length}.`;
  return textProblem("The prompt", prompt, { length, most });
}

function negativePromptProblem(prompt, { promptMaxCharacters: most }) {
  return textProblem("The negative prompt", prompt, { length: lengthOf(prompt), most });
}

function sideProblem(value, { minPixelsSide: least, maxPixelsSide: most, sideMultiple: multiple }) {
  if (!Number.isInteger(value) || value < least || value > most) return `Enter ${number(least)} to ${number(most)} pixels.`;
  if (value % multiple === 0) return "";
  const below = value - (value % multiple);
  return `Enter a multiple of ${multiple}, such as ${below} or ${Math.min(below + multiple, most)}.`;
}

function rangeProblem(value, least, most) {
  return value >= least && value <= most ? "" : `Choose ${number(least)} to ${number(most)}.`;
}

function seedProblem(seed, { maxSeed }) {
  if (seed === null || (Number.isInteger(seed) && seed >= 0 && seed <= maxSeed)) return "";
  return `Enter a whole number from 0 to ${number(maxSeed)}, or leave it empty.`;
}

/** Return what is wrong with the amount of work and what would be right, as a sentence, or nothing. */
export function workProblem(settings, { maxPixelSteps: most }) {
  const work = pixelSteps(settings);
  if (!(work > most)) return "";
  const steps = Math.floor((most / work) * settings.num_inference_steps);
  const images = Math.floor((most / work) * settings.num_images);
  const ways = [
    steps >= 1 && `at most ${count(steps, "step")}`,
    images >= 1 && count(images, "image"),
    "a smaller size",
  ].filter(Boolean);
  return `This is too much for one job. Choose ${new Intl.ListFormat("en", { type: "disjunction" }).format(ways)}.`;
}

/** Return what is wrong with the settings: field to sentence. */
export function problems(settings, limits) {
  const found = {
    prompt: promptProblem(settings.prompt, limits),
    negative_prompt: negativePromptProblem(settings.negative_prompt, limits),
    width: sideProblem(settings.width, limits),
    height: sideProblem(settings.height, limits),
    num_images: rangeProblem(settings.num_images, 1, limits.maxImages),
    num_inference_steps: rangeProblem(settings.num_inference_steps, 1, limits.maxSteps),
    guidance_scale: rangeProblem(settings.guidance_scale, limits.minGuidance, limits.maxGuidance),
    seed: seedProblem(settings.seed, limits),
  };
  if (!found.width && !found.height) found.work = workProblem(settings, limits);
  return Object.fromEntries(Object.entries(found).filter(([, sentence]) => sentence));
}

/** Return the body of the request; the API chooses what is left empty. */
export function requestBody({ negative_prompt: negative, seed, ...settings }) {
  const body = { ...settings };
  if (negative.trim()) body.negative_prompt = negative;
  if (seed !== null) body.seed = seed;
  return body;
}

// The field of the API is the field of the page; the sentences need its name.
const SUBJECTS = {
  prompt: "The prompt",
  negative_prompt: "The negative prompt",
  width: "The width",
  height: "The height",
  num_images: "The number of images",
  num_inference_steps: "The number of steps",
  guidance_scale: "The guidance",
  seed: "The seed",
};
const FIELDS = Object.fromEntries(Object.entries(SUBJECTS).map(([field, subject]) => [field, [field, subject]]));

/** Return the API's details of a refused request as messages beside fields, or null when one has no field here. */
export function fieldMessages(details) {
  return messagesOf(details, FIELDS);
}

const wordFor = (value, words) => words.find(([, most]) => value <= most)[0];

export function stepsWords(steps) {
  return wordFor(steps, [["a rough idea", 12], ["a sketch", 30], ["clear", 60], ["fine, slow", Infinity]]);
}

export function guidanceWords(guidance) {
  return wordFor(guidance, [["free", 4], ["balanced", 9], ["close to your words", 13], ["strict, can look harsh", Infinity]]);
}

/** Return the settings in a line; `seed` is the one that the job got. */
export function summary(settings, seed = settings.seed) {
  const { width, height, num_inference_steps: steps, guidance_scale: guidance } = settings;
  return [`${width} × ${height}`, count(steps, "step"), `guidance ${guidance}`, seed !== null && `seed ${seed}`]
    .filter(Boolean)
    .join(" · ");
}

/** Return "about 8 s" or "about 2 min 10 s": no more exact than an estimate is. */
export function about(seconds) {
  if (seconds < 2) return "a second or two";
  if (seconds < 20) return `about ${Math.round(seconds)} s`;
  return `about ${duration(Math.round(seconds / 5) * 5)}`;
}

/** Return how long a job will take; `wake` is that of a model which is not awake. */
export function timeWords({ seconds, wake }) {
  if (wake) {
    const then = seconds ? `, and this job ${about(seconds)} then` : "";
    return `The model is not awake: waking takes ${wake.usual}${then}.`;
  }
  return seconds ? `This takes ${about(seconds)}, judging by your earlier jobs.` : "";
}

/**
 * Return `{title, text, share}` of an open job; `share` of its time has passed, or is null when that is unknown.
 * `note` is what happens besides, such as a lost connection; `wake` is how far a model that wakes is, if it does.
 */
export function progressOf(record, { now, estimate, note, wake }) {
  const seconds = secondsInState(record, now);
  const soFar = `${duration(seconds)} so far`;
  if (record.status === "SENDING") return { title: note ? "Not sent yet" : "Sending…", text: note ?? "", share: null };
  if (wake) return { title: `Waking the model, ${wake.usual}`, text: note ?? wake.text, share: wake.share };
  if (record.status === "QUEUED") return { title: "Waiting for its turn", text: note ?? soFar, share: null };
  const title = count(record.settings.num_images, "image") + " in the making";
  if (estimate === null) return { title, text: note ?? soFar, share: null };
  const usual = about(estimate);
  const share = seconds < estimate ? seconds / estimate : null;
  const text = share === null ? `${soFar}, longer than the usual ${usual.replace("about ", "")}` : `${soFar} of ${usual}`;
  return { title, text: note ?? text, share };
}

/** Return what a screen reader says when a job has come to this state, or nothing. */
export function announcementOf({ status, settings, images, error }) {
  const prompt = `“${settings.prompt.trim().slice(0, 60)}”`;
  const announcements = {
    QUEUED: `Your job is waiting for its turn: ${prompt}.`,
    RUNNING: `The model is working on it: ${prompt}.`,
    SUCCEEDED: `${count(images.length, "image")} ready: ${prompt}.`,
    FAILED: `The job failed: ${prompt}. ${error?.message ?? ""}`,
    LOST: `The job is no longer known: ${prompt}.`,
  };
  return announcements[status] ?? "";
}

/** Return how long a job took, in words, or nothing. */
export function durationWords(record) {
  const seconds = secondsTaken(record);
  if (record.status !== "SUCCEEDED" || !(seconds > 0)) return "";
  const words = seconds < 10 ? `made in ${seconds.toFixed(1)} s` : `made in ${duration(Math.round(seconds))}`;
  return record.woken ? `${words}, with the model's waking` : words;
}
