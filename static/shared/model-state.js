// What GET /status says of the model, and the words for it.

const STATES = ["ready", "starting", "asleep", "waking", "paused", "failed", "missing"];
const SHORT = "This takes a few minutes.";

// By SageMaker's own word, which says more than the state; then by the state.
const WORDS = {
  Creating: ["The model is being deployed", "This takes ten to twenty minutes the first time."],
  Updating: ["The model is being updated", SHORT],
  SystemUpdating: ["The model is being updated", SHORT],
  RollingBack: ["The model's last update is being undone", SHORT],
  OutOfService: ["The model is out of service", "Whoever runs this service can start it again."],
  Deleting: ["The model is being deleted", "This service is being shut down."],
  missing: ["The model is not available yet", "Its deployment has not started, or has only just started."],
  failed: ["The deployment of the model failed", "Whoever runs this service finds the reason in the stack's events."],
  paused: [
    "The model is paused",
    "Whoever runs this service can resume it. What you send meanwhile is kept, and sent by itself when the model is back.",
  ],
};

const UNKNOWN = ["The model is not ready yet", "It may take a few minutes."];

/** Return the state in a response of GET /status; an older API has only SageMaker's word. */
export function stateOf({ ready, state, endpoint_status: status }) {
  if (STATES.includes(state)) return state;
  if (ready) return "ready";
  return { NotFound: "missing", Failed: "failed" }[status] ?? "starting";
}

/** Return the title and the explanation of a model in this state; `usual` is how long it takes to wake, in words. */
export function wordsOf(state, status, usual) {
  if (state === "asleep") return ["The model is asleep", `Your first request wakes it, which takes ${usual}.`];
  if (state === "waking") return ["The model is waking", `This takes ${usual}.`];
  return WORDS[state === "paused" || !Object.hasOwn(WORDS, status ?? "") ? state : status] ?? UNKNOWN;
}
