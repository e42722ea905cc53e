// Characters as the API counts them, and those that it refuses.

import { count, number } from "./format.js";

// No text that a person typed contains them.
const CONTROL = /[\0-\x08\x0e-\x1b\x7f]|\p{Surrogate}/u;

/** The length of a text in characters, as it was typed. */
export function typedLengthOf(text) {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}

/** The length of a text in characters, each run of white space as one. */
export const lengthOf = (text) => typedLengthOf(text.trim().replace(/\s+/gu, " "));

/** Return the words of a counter beside a text, and whether the text is too long. */
export function counter(length, most) {
  return { words: `${number(length)} of ${count(most, "character")}`, isOver: length > most };
}

/** Return why a text cannot be sent, as a sentence, or nothing; `length` is its length as the API counts it. */
export function textProblem(subject, text, { length, most }) {
  if (length > most || text.length > 4 * most) {
    const over = count(Math.max(length - most, 1), "character");
    return `${subject} is ${over} too long: at most ${number(most)} can be sent.`;
  }
  return CONTROL.test(text) ? `${subject} contains control characters, which the model cannot read.` : "";
}
