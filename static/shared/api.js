// Calls of the API: every failure becomes an ApiError with a sentence for a person.

const TRIES = 3;
const LONGEST_WAIT_SECONDS = 60;

export class ApiError extends Error {
  constructor(message, { status = 0, requestId = "", retryAfter = 0 } = {}) {
    super(message);
    this.status = status;
    this.requestId = requestId;
    this.retryAfter = retryAfter;
  }
}

/** The sentence that the page shows for an error. */
export function describe(error) {
  const reference = error.requestId ? ` (request ${error.requestId})` : "";
  return `${error.message}${reference}`;
}

/** Whether trying the same again may help: the model is busy, or not there yet. */
export function mayPass(error) {
  return error instanceof ApiError && (error.status === 429 || error.status === 503);
}

function sentence(text) {
  const trimmed = String(text || "").trim();
  if (!trimmed) return "";
  const capital = trimmed[0].toUpperCase() + trimmed.slice(1);
  return /[.!?]$/.test(capital) ? capital : `${capital}.`;
}

async function readError(response) {
  const body = await response.json().catch(() => ({}));
  const told = body.error ?? {};
  const details = (told.details ?? []).map((each) => `${each.field} ${each.message}`).join("; ");
  return new ApiError(sentence(details || told.message) || `The request failed with status ${response.status}.`, {
    status: response.status,
    requestId: told.request_id ?? "",
    retryAfter: Number(response.headers.get("Retry-After")) || 0,
  });
}

async function callOnce(url, { body, headers, signal } = {}) {
  let response;
  try {
    response = await fetch(url, {
      method: body ? "POST" : "GET",
      headers: body ? { "Content-Type": "application/json", ...headers } : {},
      body: body ? JSON.stringify(body) : undefined,
      signal,
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError("The service cannot be reached. Check your connection and try again.");
  }
  if (!response.ok) throw await readError(response);
  return response.json();
}

export function pause(seconds) {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}

/**
 * Call the API and return its answer. What may pass is tried again after the time that the API asks for;
 * `onWait(seconds, error)` is told before each wait.
 */
export async function call(url, options = {}) {
  const { onWait = () => {}, wait = pause, tries = TRIES } = options;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await callOnce(url, options);
    } catch (error) {
      if (!mayPass(error) || attempt >= tries) throw error;
      const seconds = Math.min(LONGEST_WAIT_SECONDS, error.retryAfter || 2 ** attempt);
      onWait(seconds, error);
      await wait(seconds);
    }
  }
}
