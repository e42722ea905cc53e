// The request of a job: its limits and presets, what is wrong with it, and words for what its numbers mean.

import { isNoText, lengthOf } from "./shared/characters.js";
import { count, number } from "./shared/format.js";

export const LIMITS = {
  promptMinCharacters: 10,
  promptMaxCharacters: 300,
  minPixelsSide: 256,
  maxPixelsSide: 1024,
  sideMultiple: 8,
  maxSteps: 100,
  minGuidance: 1,
  maxGuidance: 20,
  maxImages: 4,
  maxSeed: 4_294_967_295,
  // The model has a minute for an answer.
  maxPixelSteps: 104_857_600,
};

export const QUALITIES = {
  sketch: { num_inference_steps: 20, guidance_scale: 7 },
  balanced: { num_inference_steps: 50, guidance_scale: 7.5 },
  fine: { num_inference_steps: 80, guidance_scale: 9 },
};

export const EXAMPLES = {
  "Lighthouse at dawn": "A lighthouse on a cliff at dawn, soft morning mist, calm sea, oil on canvas",
  "Fox in the snow": "A red fox in a snowy pine forest, late afternoon light, detailed illustration",
  "Balloon over a valley": "A yellow hot-air balloon over a green valley, mountains behind, bright summer morning",
  "City in the rain": "A quiet city street at night in the rain, lights on wet stone, cinematic photograph",
};

/** Return the limits with those that the deployment tells over them. */
export function limitsOf(told) {
  const known = Object.entries(told ?? {}).filter(([name, value]) => name in LIMITS && Number.isInteger(value));
  return { ...LIMITS, ...Object.fromEntries(known) };
}

/** How much work a job is: what its time goes by. */
export function pixelSteps({ width, height, num_inference_steps: steps, num_images: images }) {
  return width * height * steps * images;
}

/** Return the name of the preset of these settings, or nothing for a person's own. */
export function qualityOf({ num_inference_steps: steps, guidance_scale: guidance }) {
  const [name] =
    Object.entries(QUALITIES).find(
      ([, preset]) => preset.num_inference_steps === steps && preset.guidance_scale === guidance,
    ) ?? [];
  return name ?? "";
}

function promptProblem(prompt, { promptMinCharacters: least, promptMaxCharacters: most }) {
  const length = lengthOf(prompt);
  if (length === 0) return "Describe the image that you want.";
  if (length < least) return `Say a little more: at least ${count(least, "character")}, this has ${length}.`;
  return longProblem("The description", prompt, most);
}

function longProblem(subject, text, most) {
  const over = lengthOf(text) - most;
  if (over > 0 || text.length > 4 * most) {
    return `${subject} is ${count(Math.max(over, 1), "character")} too long: at most ${number(most)} can be sent.`;
  }
  return isNoText(text) ? `${subject} has control characters in it, which the model cannot read.` : "";
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
  return `Enter a whole number from 0 to ${number(maxSeed)}, or nothing.`;
}

/** What is wrong with the amount of work, and what would be right. */
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
  return `That is too much for one job. Choose ${new Intl.ListFormat("en", { type: "disjunction" }).format(ways)}.`;
}

/** Return what is wrong with the settings: field to sentence. */
export function problems(settings, limits) {
  const found = {
    prompt: promptProblem(settings.prompt, limits),
    negative_prompt: longProblem("This", settings.negative_prompt, limits.promptMaxCharacters),
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

/** Return the body of the request; what is left empty is left to the API. */
export function requestBody({ negative_prompt: negative, seed, ...settings }) {
  const body = { ...settings };
  if (negative.trim()) body.negative_prompt = negative;
  if (seed !== null) body.seed = seed;
  return body;
}

const FIELDS = {
  prompt: "The description",
  negative_prompt: "This",
  width: "The width",
  height: "The height",
  num_images: "The number of images",
  num_inference_steps: "The steps",
  guidance_scale: "The guidance",
  seed: "The seed",
};

/** Return the API's details of a refused request as messages beside fields, or null when one has no field here. */
export function fieldMessages(details) {
  if (!details.length || details.some(({ field }) => !Object.hasOwn(FIELDS, field))) return null;
  return Object.fromEntries(
    details.map(({ field, message }) => [field, `${FIELDS[field]} ${String(message).replace(/[.\s]+$/, "")}.`]),
  );
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
