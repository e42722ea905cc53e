// Numbers and times as words.

const numbers = new Intl.NumberFormat("en-GB");

export const number = (value) => numbers.format(value);

/** Return "1 second" or "5 seconds". */
export function count(value, one, many = `${one}s`) {
  return `${number(value)} ${value === 1 ? one : many}`;
}

/** Return "8 s" or "2 min 5 s". */
export function duration(seconds) {
  const whole = Math.floor(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** Return how long ago a moment (milliseconds) is: "just now", "5 minutes ago", or the date. */
export function ago(moment, now = Date.now()) {
  const minutes = Math.floor((now - moment) / 60_000);
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${count(minutes, "minute")} ago`;
  if (minutes < 24 * 60) return `${count(Math.floor(minutes / 60), "hour")} ago`;
  return new Date(moment).toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric" });
}
