// The record of a job in this browser, from the request to the images.
//
// Its status is SENDING: the service has not accepted it yet; UNSENT: it will not be sent by itself; then the service's
// own QUEUED, RUNNING, SUCCEEDED, FAILED; and LOST: the service does not know the job, or not any more.

const OPEN = ["SENDING", "QUEUED", "RUNNING"];
const STATUSES = [...OPEN, "UNSENT", "SUCCEEDED", "FAILED", "LOST"];
const SERVICE_STATUSES = ["QUEUED", "RUNNING", "SUCCEEDED", "FAILED"];
// The service remembers an idempotency key for this long.
const KEY_MILLISECONDS = 24 * 60 * 60 * 1000;
const NUMBERS = ["width", "height", "num_inference_steps", "guidance_scale", "num_images"];
const SLUG_CHARACTERS = 60;

export function newRecord(settings, { id, now }) {
  return { id, key: id, at: now, shownAt: now, settings, status: "SENDING", watched: true, images: [] };
}

const isWhole = (value) => Number.isInteger(value) && value >= 0;

/** Whether this is one of our records, whole: storage may hold anything. */
export function isRecord(value) {
  const { settings, images, status, seed } = value ?? {};
  return (
    STATUSES.includes(status) &&
    [value.id, value.key, settings?.prompt, settings?.negative_prompt].every((text) => typeof text === "string") &&
    [value.at, value.shownAt, value.awakeAt ?? 0, ...NUMBERS.map((name) => settings[name])].every(Number.isFinite) &&
    [seed ?? 0, settings.seed ?? 0].every(isWhole) &&
    settings.num_images <= 16 &&
    Array.isArray(images) &&
    images.every((image) => typeof image?.url === "string" && isWhole(image.width) && isWhole(image.height)) &&
    (["SENDING", "UNSENT"].includes(status) || /^[\w-]+$/.test(value.jobId ?? ""))
  );
}

/** Whether the job has not ended. */
export const isOpen = (record) => OPEN.includes(record?.status);
/** Whether the page checks the job until it ends. */
export const isWatched = (record) => isOpen(record) && record.watched;

/** Whether the same key may be sent again without making a second job. */
export const isKeyKnown = ({ at }, now) => now - at < KEY_MILLISECONDS;

/** Return the record with the response of POST /generate. */
export function accepted(record, response, now) {
  return { ...record, jobId: String(response.job_id), status: "QUEUED", acceptedAt: now, error: undefined };
}

function imageOf({ url, thumbnail_url: thumbnail, download_url: download, width, height }, settings) {
  return {
    url: String(url),
    thumbnail: String(thumbnail ?? url),
    ...(download && { download: String(download) }),
    width: isWhole(width) ? width : settings.width,
    height: isWhole(height) ? height : settings.height,
  };
}

/** Return the record with the response of GET /generate/JOB_ID, without what makes no sense. */
export function updated(record, response) {
  if (!SERVICE_STATUSES.includes(response.status)) return record;
  const images = (Array.isArray(response.images) ? response.images : []).map((image) => imageOf(image, record.settings));
  return {
    ...record,
    status: response.status,
    images,
    seed: isWhole(response.seed) ? response.seed : record.seed,
    createdAt: response.created_at,
    startedAt: response.started_at,
    finishedAt: response.finished_at,
    error: response.error && { code: String(response.error.code ?? ""), message: String(response.error.message ?? "") },
  };
}

/** Seconds in which the service made a job's images, by its own clock; NaN when it is not known. */
export function secondsTaken({ startedAt, finishedAt }) {
  return (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000;
}

/** Return the record of an open job with what the model does: `woken` when it had to wake, `awakeAt` when it was awake. */
export function withWake(record, isAsleep, now) {
  if (isAsleep) return record.woken ? record : { ...record, woken: true };
  return record.woken && !record.awakeAt ? { ...record, awakeAt: now } : record;
}

/**
 * Seconds since the job began to wait, or to run, by this computer's clock: only differences are taken of the
 * service's times, because the two clocks need not agree. A job that woke the model counts from when it was awake.
 */
export function secondsInState(record, now) {
  const since = record.acceptedAt ?? record.at;
  const waited = record.status === "RUNNING" ? Date.parse(record.startedAt) - Date.parse(record.createdAt) : 0;
  const began = Math.max(since + (waited || 0), record.awakeAt ?? 0);
  return Math.max(0, (now - began) / 1000);
}

const PRIVATE = /^https?:\/\/[^/?#@\s]+(?:\/[\w.-]+)*\/generated_images(?:\/[\w-]+(?:\.[\w-]+)*)+\?[^#\s]*\bX-Amz-Signature=[^#\s]*$/;

/** Whether this is a URL of a private image, which is signed and ends after a while. */
export const isPrivate = (url) => PRIVATE.test(url);

/**
 * Return an image's URL, relative to the page that may lie below a path, or nothing if it is not one of ours.
 *
 * The API gives the distribution's URL, which is this page's under whatever name it was opened. A private image is on
 * another origin, and its URL is signed; the page's security policy has the one origin from which it may come.
 */
export function imageUrl(url) {
  if (isPrivate(url)) return url;
  const path = /^(?:https?:\/\/[^/?#\s]+(?:\/[\w-]+)*)?\/(generated_images(?:\/[\w-]+(?:\.[\w-]+)*)+)$/.exec(url);
  return path ? path[1] : "";
}

/** Return the settings with the seed that the job got: the same request gives the same images. */
export const withSeed = ({ settings, seed }) => ({ ...settings, seed: seed ?? settings.seed });
/** Return the settings without a seed: the same request, other images. */
export const variation = ({ settings }) => ({ ...settings, seed: null });

export function altText({ settings, images }, index) {
  return `${settings.prompt.trim()} (image ${index + 1} of ${images.length})`;
}

/** Return a file name that says what the image shows. */
export function fileName({ settings, seed, images }, index) {
  const slug = settings.prompt
    .normalize("NFKD")
    .replace(/\p{Mark}/gu, "")
    .toLowerCase()
    .match(/[\p{Letter}\p{Number}]+/gu);
  let name = "";
  for (const word of slug ?? []) {
    if (name.length + word.length >= SLUG_CHARACTERS) break;
    name += `${word}-`;
  }
  const [suffix] = /\.\w+$/.exec(images[index]?.url ?? "") ?? [".jpg"];
  return `${name || "image-"}${Number.isInteger(seed) ? `seed-${seed}-` : ""}${index + 1}${suffix}`;
}
