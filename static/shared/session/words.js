// The words for the errors of an API that knows its callers.

const DAY_MS = 24 * 60 * 60 * 1000;

/** Return when a moment (milliseconds) comes, by this computer's clock: "today at 14:05", "tomorrow at 01:00". */
export function upcoming(moment, now) {
  const date = new Date(moment);
  const midnight = new Date(now).setHours(24, 0, 0, 0);
  const time = date.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  if (moment < midnight) return `today at ${time}`;
  if (moment < midnight + DAY_MS) return `tomorrow at ${time}`;
  return `on ${date.toLocaleDateString("en-GB", { day: "numeric", month: "short" })} at ${time}`;
}

/** Return when a daily limit is over: as the service said, else at midnight UTC. */
function limitWords({ retryAt }) {
  const now = Date.now();
  return `You can send requests again ${upcoming(retryAt || (Math.floor(now / DAY_MS) + 1) * DAY_MS, now)}.`;
}

export const WORDS = {
  unauthorized: [
    "The service does not know you",
    "It did not accept your sign-in. Sign out and in again; if that does not help, ask whoever runs this service for access.",
    false,
  ],
  session_ended: ["Your session has ended", "Sign in at the top of this page to go on. Your input is kept.", false],
  api_key_invalid: ["Your API key was not accepted", "Enter one at the top of this page to go on. Your input is kept.", false],
  credentials_withheld: [
    "This address wants to know who you are",
    "Your sign-in or key is sent to this page's own API alone. Reset the API URL in the settings, then try again.",
    false,
  ],
  forbidden: ["You may not do this", "Ask whoever runs this service for access.", false],
  daily_limit_reached: ["You have reached today's limit", limitWords, false],
};
