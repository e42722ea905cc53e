// The errors of a call, and the words for them.

/** The failure of a call: `retryAfter` are seconds, `retryAt` the moment (milliseconds) at which these are over. */
export class ApiError extends Error {
  constructor(message, { status = 0, code = "", requestId = "", retryAfter = 0, retryAt = 0, details = [] } = {}) {
    super(message);
    this.name = "ApiError";
    Object.assign(this, { status, code, requestId, retryAfter, retryAt, details });
  }
}

/** Make a sentence of words that may lack a capital or a full stop. */
export function sentence(text) {
  const trimmed = String(text ?? "").trim();
  if (!trimmed) return "";
  const capital = trimmed[0].toUpperCase() + trimmed.slice(1);
  return /[.!?…]$/.test(capital) ? capital : `${capital}.`;
}

const WORDS = {
  offline: ["You are offline", "Your input is kept. Try again when the connection is back.", true],
  timeout: [
    "No response in time",
    "The service did not respond within the time-out. Try again, request less, or raise the time-out in the settings.",
    true,
  ],
  unreachable: [
    "The service cannot be reached",
    "Check your connection, and the API URL in the settings, then try again.",
    true,
  ],
  unexpected: [
    "The response cannot be read",
    "It did not come from the API. Check the API URL in the settings, then try again.",
    true,
  ],
  invalid_request: ["The request was not accepted", "Correct what is named here, then send it again.", false],
  content_filtered: ["This was not let through", "Word it in another way, then send it again.", false],
  request_blocked: [
    "The request was blocked",
    "A firewall before the service refused it, as it does with much that looks like code or an address. Change your input, or wait a few minutes after many requests; if it persists, ask whoever runs this service.",
    false,
  ],
  not_found: ["Not found", "It may have expired, or the API URL in the settings may be wrong.", false],
  conflict: ["This was already sent with different content", "Send it as a new request.", true],
  payload_too_large: ["The request is too large", "Send a shorter text.", false],
  too_many_requests: ["Too many requests at the moment", "Others are using the model too. Try again in a moment.", true],
  model_failed: [
    "The model could not answer",
    "This may pass: try again. If it persists, change your input or request less.",
    true,
  ],
  model_access_denied: [
    "The model cannot be used yet",
    "Whoever runs this application has to ask for access to the model first.",
    true,
  ],
  model_not_ready: [
    "The model is not ready yet",
    "It is still being deployed, or is starting again. Try again in a few minutes.",
    true,
  ],
  model_asleep: ["The model is asleep", "It is being woken, which takes several minutes. Try again then.", true],
  model_paused: ["The model is paused", "Whoever runs this service can resume it. Try again then.", true],
  unavailable: ["The request could not be started", "The service is busy. Try again in a moment.", true],
  model_timeout: [
    "The model took too long",
    "Try again, or request less: a shorter text, a shorter result, or smaller or fewer images.",
    true,
  ],
  internal_error: [
    "Something went wrong in the service",
    "Try again. If it persists, give the request id below to whoever runs the service.",
    true,
  ],
};

// A response without a known code comes from something between the page and the API.
const CODES_BY_STATUS = {
  400: "invalid_request",
  403: "request_blocked",
  404: "not_found",
  409: "conflict",
  413: "payload_too_large",
  429: "too_many_requests",
  502: "model_failed",
  503: "unavailable",
  504: "model_timeout",
};

function wordsFor({ status, code }) {
  const known = Object.hasOwn(WORDS, code ?? "") ? code : CODES_BY_STATUS[status];
  if (known) return WORDS[known];
  if (status >= 500) return WORDS.internal_error;
  if (status === 401) return ["The service does not allow this", "Ask whoever runs the service for access.", false];
  if (status >= 400) return ["The request was not accepted", `The service responded with status ${status}.`, false];
  return ["Something went wrong", "Try again; reload the page if it persists.", true];
}

/** Return what the API itself says of a request that was wrong. */
function ownWords({ status, details = [], message }) {
  if (status !== 400) return "";
  return details.map(({ field, message: wrong }) => sentence(`${field} ${wrong}`)).join(" ") || sentence(message);
}

/** Add the words of errors that only some pages meet: code to title, advice (or a function of the error), retriable. */
export function addWords(words) {
  Object.assign(WORDS, words);
}

/** Return `{title, advice, requestId, retriable}`: what happened, for a person, and what to do. */
export function explain(error) {
  const [title, usual, retriable] = wordsFor(error);
  const advice = ownWords(error) || (typeof usual === "function" ? usual(error) : usual);
  return { title, advice, requestId: error.requestId ?? "", retriable };
}

/**
 * Return the API's details of a refused request as messages beside fields, or null when one has no field here.
 *
 * `fields` has, for each field of the API, the name of the page's field and the subject of the sentence.
 */
export function fieldMessages(details, fields) {
  if (!details.length || details.some(({ field }) => !Object.hasOwn(fields, field))) return null;
  const messages = {};
  for (const { field, message } of details) {
    const [name, subject] = fields[field];
    messages[name] = sentence(`${subject} ${String(message).replace(/[.\s]+$/, "")}`);
  }
  return messages;
}
