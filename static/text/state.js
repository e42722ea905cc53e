// What the page knows, without the page: checks of the input and words for the result.

export const MODES = {
  summarize: { path: "summarize", field: "text", limit: "textMaxCharacters", fallback: 20000, answer: "summary" },
  generate: { path: "generate", field: "prompt", limit: "promptMaxCharacters", fallback: 3000, answer: "generated_text" },
};

export function maximum(mode, limits) {
  return limits[MODES[mode].limit] ?? MODES[mode].fallback;
}

/** What is wrong with the text, as a sentence, or nothing. */
export function problem(text, longest) {
  const length = text.trim().length;
  if (length === 0) return "Please enter a text first.";
  if (length > longest) return `The text has ${length} characters; at most ${longest} can be sent.`;
  return "";
}

export function requestBody(mode, { text, tokens, temperature }) {
  return { [MODES[mode].field]: text, max_new_tokens: tokens, temperature };
}

export function words(text) {
  return text.split(/\s+/).filter(Boolean).length;
}

export function facts(input, output, seconds) {
  return `${words(input)} words in, ${words(output)} words out, ${seconds.toFixed(1)} seconds`;
}
