// Characters as the API counts them, and those that it refuses.

// They are in no text that a person typed.
const NOT_TEXT = /[\0-\x08\x0e-\x1b\x7f]|\p{Surrogate}/u;

/** The length of a text in characters, each run of white space as one. */
export function lengthOf(text) {
  let length = 0;
  for (const _ of text.trim().replace(/\s+/gu, " ")) length += 1;
  return length;
}

/** Whether there are control characters or halves of characters in it. */
export function isNoText(text) {
  return NOT_TEXT.test(text);
}
