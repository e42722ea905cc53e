// What the page knows, without the page: checks of the input, the request, and words for what is shown.

import { isNoText, lengthOf, typedLengthOf } from "./shared/characters.js";
import { count, number } from "./shared/format.js";

export const MODES = {
  summarize: {
    path: "summarize",
    field: "text",
    answer: "summary",
    limit: "textMaxCharacters",
    longest: 20_000,
    shortest: 20,
    measure: lengthOf,
    subject: "The text",
    label: "Text to summarise",
    placeholder: "Paste or type a text, or drop a file here.",
    verb: "Summarise",
    name: "Summary",
    empty: "Enter the text that you want summarised.",
    short: "There is too little to summarise",
    progress: "The model is reading your text",
  },
  generate: {
    path: "generate",
    field: "prompt",
    answer: "generated_text",
    limit: "promptMaxCharacters",
    longest: 3_000,
    shortest: 3,
    // A prompt goes to the model as it was typed, line breaks and all.
    measure: typedLengthOf,
    subject: "The prompt",
    label: "Prompt",
    placeholder: "Say what to write, such as: Write a short welcome for new members of a chess club.",
    verb: "Generate",
    name: "Text",
    empty: "Enter what the model should write.",
    short: "The prompt is too short",
    progress: "The model is writing",
  },
};

const WORDS_PER_TOKEN = 0.75;
const CREATIVITY = [["focused", 0.4], ["balanced", 1], ["inventive", 1.5], ["wild", 2]];

export function longest(mode, limits) {
  const told = limits[MODES[mode].limit];
  return Number.isInteger(told) ? told : MODES[mode].longest;
}

/** What is wrong with the text, as a sentence, or nothing. */
export function problem(mode, text, limits) {
  const { empty, short, shortest, subject, measure } = MODES[mode];
  const words = lengthOf(text);
  if (words === 0) return empty;
  if (words < shortest) return `${short}: enter at least ${count(shortest, "character")}.`;
  const length = measure(text);
  const most = longest(mode, limits);
  if (length > most || text.length > 4 * most) {
    const over = count(Math.max(length - most, 1), "character");
    return `${subject} is ${over} too long: at most ${number(most)} can be sent.`;
  }
  if (isNoText(text)) return `${subject} has control characters in it, which the model cannot read.`;
  return "";
}

/** Return the words of the counter, and whether the text is too long. */
export function counter(mode, text, limits) {
  const length = MODES[mode].measure(text);
  const most = longest(mode, limits);
  return { words: `${number(length)} of ${count(most, "character")}`, over: length > most };
}

export function requestBody({ mode, text, tokens, temperature }) {
  return { [MODES[mode].field]: text, max_new_tokens: tokens, temperature };
}

/**
 * Return the API's details of a refused request as messages beside the page's fields, or null when one of them is
 * about something that this page has no field for.
 */
export function fieldMessages(mode, details) {
  const fields = {
    [MODES[mode].field]: ["text", MODES[mode].subject],
    max_new_tokens: ["tokens", "The length"],
    temperature: ["temperature", "The creativity"],
  };
  if (!details.length || details.some(({ field }) => !Object.hasOwn(fields, field))) return null;
  const messages = {};
  for (const { field, message } of details) {
    const [id, subject] = fields[field];
    messages[id] = `${subject} ${String(message).replace(/[.\s]+$/, "")}.`;
  }
  return messages;
}

/** Words, also in languages that write none apart. */
export function words(text) {
  let found = 0;
  for (const { isWordLike } of new Intl.Segmenter("en", { granularity: "word" }).segment(text)) {
    if (isWordLike) found += 1;
  }
  return found;
}

/** Return the exact number of a length, and what it means. */
export function lengthWords(tokens) {
  const about = Math.max(10, Math.round((tokens * WORDS_PER_TOKEN) / 10) * 10);
  return [count(tokens, "token"), `about ${count(about, "word")}`];
}

/** Return the exact number of a temperature, and what it means. */
export function creativityWords(temperature) {
  const [name] = CREATIVITY.find(([, most]) => temperature <= most) ?? CREATIVITY.at(-1);
  return [temperature.toFixed(1), name];
}

/** Return the facts of a result, as pairs of name and value. */
export function facts({ mode, input, output, seconds, parts = 1 }) {
  const before = words(input);
  const after = words(output);
  const shorter = mode === "summarize" && before > after && after > 0;
  return [
    ["Words before", number(before)],
    ["Words after", shorter ? `${number(after)} (${Math.round(100 - (100 * after) / before)}% shorter)` : number(after)],
    ["Time taken", `${seconds.toFixed(1)} s`],
    ...(parts > 1 ? [["Read in", count(parts, "part")]] : []),
  ];
}
