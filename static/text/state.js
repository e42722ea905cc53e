// The rules and the wording of the page, without the page itself: checks of the input, the request, words for numbers.

import { counter as counterOf, lengthOf, textProblem, typedLengthOf } from "./shared/characters.js";
import { fieldMessages as messagesOf } from "./shared/errors.js";
import { count, number } from "./shared/format.js";

export const MODES = {
  summarize: {
    field: "text",
    result: "summary",
    limit: "textMaxCharacters",
    shortest: 20, // the API takes less, but there is nothing to summarise in it
    measure: lengthOf,
    subject: "The text",
    label: "Text to summarise",
    placeholder: "Paste or type a text, or drop a file here.",
    verb: "Summarise",
    name: "Summary",
    empty: "Enter the text to summarise.",
    short: "There is too little to summarise",
    progress: "The model is reading your text",
  },
  generate: {
    field: "prompt",
    result: "generated_text",
    limit: "promptMaxCharacters",
    shortest: 3,
    // A prompt goes to the model as it was typed, line breaks and all.
    measure: typedLengthOf,
    subject: "The prompt",
    label: "Prompt",
    placeholder: "For example: Write a short welcome for new members of a chess club.",
    verb: "Generate",
    name: "Text",
    empty: "Enter what the model should write.",
    short: "The prompt is too short",
    progress: "The model is writing",
  },
};

const WORDS_PER_TOKEN = 0.75;
const CREATIVITY = [["focused", 0.4], ["balanced", 1], ["inventive", 1.5], ["wild", 2]];

/** Return what is wrong with the text, as a sentence, or nothing. */
export function problem(mode, text, limits) {
  const { empty, limit, measure, short, shortest, subject } = MODES[mode];
  const length = lengthOf(text);
  if (length === 0) return empty;
  if (length < shortest) return `${short}: enter at least ${count(shortest, "character")}.`;
  return textProblem(subject, text, { length: measure(text), most: limits[limit] });
}

/** Return the words of the counter, and whether the text is too long. */
export function counter(mode, text, limits) {
  return counterOf(MODES[mode].measure(text), limits[MODES[mode].limit]);
}

export function requestBody({ mode, text, tokens, temperature }) {
  return { [MODES[mode].field]: text, max_new_tokens: tokens, temperature };
}

/** Return the API's details of a refused request as messages beside fields, or null when one has no field here. */
export function fieldMessages(mode, details) {
  return messagesOf(details, {
    [MODES[mode].field]: ["text", MODES[mode].subject],
    max_new_tokens: ["tokens", "The length"],
    temperature: ["temperature", "The creativity"],
  });
}

/** Return the number of words, also in languages that do not separate them. */
export function words(text) {
  let found = 0;
  for (const { isWordLike } of new Intl.Segmenter("en", { granularity: "word" }).segment(text)) {
    if (isWordLike) found += 1;
  }
  return found;
}

/** Return the exact length, and what it means. */
export function lengthWords(tokens) {
  const about = Math.max(10, Math.round((tokens * WORDS_PER_TOKEN) / 10) * 10);
  return [count(tokens, "token"), `about ${count(about, "word")}`];
}

/** Return the exact temperature, and what it means. */
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
