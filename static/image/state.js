// What the page knows, without the page: the request, the words for a job's state, and how long to wait.

const FIRST_WAIT_SECONDS = 1;
const LONGEST_WAIT_SECONDS = 8;

/** What is wrong with the prompt, as a sentence, or nothing. */
export function problem(prompt, limits) {
  const shortest = limits.promptMinCharacters ?? 10;
  const longest = limits.promptMaxCharacters ?? 300;
  const length = prompt.trim().replace(/\s+/g, " ").length;
  if (length < shortest) return `Please describe the image in at least ${shortest} characters.`;
  if (length > longest) return `The description has ${length} characters; at most ${longest} can be sent.`;
  return "";
}

export function requestBody(values) {
  const [width, height] = values.size.split("x").map(Number);
  const body = {
    prompt: values.prompt,
    width,
    height,
    num_inference_steps: Number(values.num_inference_steps),
    guidance_scale: Number(values.guidance_scale),
    num_images: Number(values.num_images),
  };
  if (values.negative_prompt) body.negative_prompt = values.negative_prompt;
  if (values.seed !== "") body.seed = Number(values.seed);
  return body;
}

export function isOver(job) {
  return job.status === "SUCCEEDED" || job.status === "FAILED";
}

export function progressText(job, seconds) {
  const elapsed = `${Math.round(seconds)} seconds so far`;
  return job.status === "RUNNING" ? `The model is at work, ${elapsed}.` : `Waiting for its turn, ${elapsed}.`;
}

/** Seconds until the next look at a job: each one a little longer. */
export function waitBefore(look) {
  return Math.min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 1.5 ** look);
}

/** The image's URL if it is one of ours, or nothing. */
export function checkedUrl(url) {
  return /^\/generated_images\/[\w./-]+$/.test(url) && !url.includes("..") ? url : "";
}
