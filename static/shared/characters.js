// Characters as the API counts them, and those that it refuses.

// They are in no text that a person typed.
const NOT_TEXT = /[\0-\x08\x0e-\x1b\x7f]|\p{Surrogate}/u;

/** The length of a text in characters, as it was typed. */
export function typedLengthOf(text) {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}

/** The length of a text in characters, each run of white space as one. */
export const lengthOf = (text) => typedLengthOf(text.trim().replace(/\s+/gu, " "));

/** Whether there are control characters or halves of characters in it. */
export function isNoText(text) {
  return NOT_TEXT.test(text);
}
