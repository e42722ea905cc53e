// Calls of the API: with a time-out, tried again where that may help, and every failure an ApiError.

import { ApiError, sentence } from "./errors.js";

export { ApiError, explain } from "./errors.js";

const LONGEST_WAIT_SECONDS = 60;
const FIRST_BACKOFF_SECONDS = 2;

const isOnline = () => globalThis.navigator?.onLine !== false;

/** Read Retry-After, which is a number of seconds or a date. */
export function secondsOf(retryAfter, now = Date.now()) {
  if (!retryAfter) return 0;
  const seconds = Number(retryAfter);
  if (Number.isFinite(seconds)) return Math.max(0, seconds);
  const date = Date.parse(retryAfter);
  return Number.isNaN(date) ? 0 : Math.max(0, (date - now) / 1000);
}

/** Return how long to wait before the next attempt: as Retry-After says, else exponential back-off with full jitter. */
export function waitSeconds(error, attempt, random) {
  const longest = Math.min(LONGEST_WAIT_SECONDS, FIRST_BACKOFF_SECONDS * 2 ** attempt);
  return Math.ceil(Math.min(LONGEST_WAIT_SECONDS, error.retryAfter || Math.max(1, random() * longest)));
}

async function errorOf(response) {
  const body = await response.json().catch(() => ({}));
  // Where API Gateway itself refuses a request, its reason is in `message`.
  const failure = body?.error ?? { message: body?.message };
  const retryAfter = secondsOf(response.headers.get("Retry-After"));
  return new ApiError(sentence(failure.message) || `The request failed with status ${response.status}.`, {
    status: response.status,
    code: failure.code ?? "",
    requestId: failure.request_id ?? response.headers.get("X-Request-Id") ?? "",
    retryAfter,
    retryAt: retryAfter && Date.now() + retryAfter * 1000,
    details: Array.isArray(failure.details) ? failure.details : [],
  });
}

function failureOf(error, timedOut) {
  if (error instanceof ApiError) return error;
  if (timedOut) return new ApiError("No response in time.", { code: "timeout" });
  return isOnline()
    ? new ApiError("The service cannot be reached.", { code: "unreachable" })
    : new ApiError("You are offline.", { code: "offline" });
}

async function responseOf(url, request) {
  const response = await fetch(url, request);
  if (!response.ok) throw await errorOf(response);
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError("The response cannot be read.", { status: response.status, code: "unexpected" });
  }
}

async function callOnce(url, request, { signal, timeoutSeconds }) {
  signal?.throwIfAborted();
  if (!isOnline()) throw new ApiError("You are offline.", { code: "offline" });
  const controller = new AbortController();
  const abort = () => controller.abort(signal.reason);
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    controller.abort();
  }, timeoutSeconds * 1000);
  signal?.addEventListener("abort", abort);
  try {
    return await responseOf(url, { ...request, signal: controller.signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw failureOf(error, timedOut);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
}

/** Wait, and call `onSecond` each second with the seconds that are left; a signal ends the wait with its reason. */
export function countDown(seconds, { signal, onSecond = () => {} } = {}) {
  return new Promise((resolve, reject) => {
    // By the clock, because a page in the background has its timers slowed down.
    const end = Date.now() + seconds * 1000;
    let timer;
    const stop = (settle) => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", aborted);
      settle();
    };
    const aborted = () => stop(() => reject(signal.reason));
    const tick = () => {
      const left = Math.ceil((end - Date.now()) / 1000);
      if (left <= 0) return stop(resolve);
      onSecond(left);
      timer = setTimeout(tick, end - Date.now() - (left - 1) * 1000);
      return undefined;
    };
    if (signal?.aborted) return aborted();
    signal?.addEventListener("abort", aborted);
    return tick();
  });
}

/** Send once: by the session, where there is one, which adds its credentials. */
function attemptOnce({ session, timeoutSeconds }, url, request, signal) {
  const limits = { signal, timeoutSeconds };
  if (!session) return callOnce(url, request, limits);
  // A redirect could carry a key to another origin.
  const attempt = (headers) => callOnce(url, { ...request, redirect: "error", headers: { ...request.headers, ...headers } }, limits);
  return session.send(url, attempt);
}

/** Whether sending the same request again may work soon, and does no harm. */
function isRetriable(error, { isRepeatable, except }) {
  if (except.includes(error.code) || error.code === "daily_limit_reached") return false;
  return error.status === 429 || error.status === 503 || (error.code === "unreachable" && isRepeatable);
}

/**
 * Make one request and return its JSON.
 *
 * `onWait(secondsLeft, error)` is called each second of a wait before the next attempt; `signal` ends the request and
 * the waits; errors of the codes in `except` are not tried again. Throws an ApiError, or the signal's reason.
 */
export async function call(config, path, options = {}) {
  const { body, headers = {}, signal, onWait = () => {}, random = Math.random } = options;
  const { retries = config.retries, except = [] } = options;
  const method = options.method ?? (body === undefined ? "GET" : "POST");
  const request = { method, headers: { Accept: "application/json", ...headers } };
  if (body !== undefined) {
    request.headers["Content-Type"] = "application/json";
    request.body = JSON.stringify(body);
  }
  const isRepeatable = method === "GET" || "Idempotency-Key" in headers;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await attemptOnce(config, config.url(path), request, signal);
    } catch (error) {
      if (!(error instanceof ApiError) || attempt >= retries || !isRetriable(error, { isRepeatable, except })) throw error;
      await countDown(waitSeconds(error, attempt, random), { signal, onSecond: (left) => onWait(left, error) });
    }
  }
}
