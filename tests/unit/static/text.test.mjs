import assert from "node:assert/strict";
import test from "node:test";
import { LIMITS, page } from "./pages.mjs";

const state = await page("text/state.js");
const { readTextFile } = await page("text/files.js");
const problem = (mode, text) => state.problem(mode, text, LIMITS.text);
const { textMaxCharacters: longest, promptMaxCharacters: longestPrompt } = LIMITS.text;

test("a text is measured as the API measures it", () => {
  assert.match(problem("summarize", " \n"), /^Enter the text/);
  assert.match(problem("summarize", "a          b"), /at least 20 characters/);
  assert.equal(problem("summarize", "🦊".repeat(longest)), "");
  assert.match(problem("summarize", "x".repeat(longest + 2)), /2 characters too long: at most 20,000/);
  assert.match(problem("summarize", `${"x".repeat(30)}${" ".repeat(5 * longest)}y`), /1 character too long/);
  assert.match(problem("generate", "write\u0000this"), /control characters/);
  assert.match(problem("generate", " \n \n "), /^Enter what/);
  assert.equal(problem("generate", `a b${"\n".repeat(longestPrompt - 3)}`), "");
  assert.match(problem("generate", `a b${"\n".repeat(longestPrompt - 2)}`), /1 character too long/);
});

test("the limits are those that the page was published with", () => {
  assert.match(state.problem("generate", "x".repeat(12), { promptMaxCharacters: 10 }), /at most 10/);
  assert.deepEqual(state.counter("generate", "ab", { promptMaxCharacters: 1 }), { words: "2 of 1 character", isOver: true });
});

test("each mode has its own field, and the text goes as it was typed", () => {
  const values = { text: " a\n\nb ", tokens: 5, temperature: 1 };
  const rest = { max_new_tokens: 5, temperature: 1 };
  assert.deepEqual(state.requestBody({ mode: "summarize", ...values }), { text: " a\n\nb ", ...rest });
  assert.deepEqual(state.requestBody({ mode: "generate", ...values }), { prompt: " a\n\nb ", ...rest });
});

test("what the API says of a field stands beside the page's own", () => {
  const details = [{ field: "prompt", message: "is blocked." }, { field: "max_new_tokens", message: "is too large" }];
  assert.deepEqual(state.fieldMessages("generate", details), {
    text: "The prompt is blocked.",
    tokens: "The length is too large.",
  });
  assert.equal(state.fieldMessages("generate", [{ field: "top_p", message: "is wrong" }]), null);
  assert.equal(state.fieldMessages("generate", []), null);
});

test("words are counted in languages that do not separate them too", () => {
  assert.equal(state.words("One, two; three."), 3);
  assert.ok(state.words("我们今天去公园") > 1);
  assert.equal(state.words(""), 0);
});

test("a result says how much shorter it is, where it is", () => {
  const facts = (input, output) => Object.fromEntries(state.facts({ mode: "summarize", input, output, seconds: 1.26, parts: 2 }));
  assert.equal(facts("a b c d", "a")["Words after"], "1 (75% shorter)");
  assert.equal(facts("a", "a b")["Words after"], "2");
  assert.equal(facts("a", "a b")["Time taken"], "1.3 s");
  assert.equal(facts("a", "a b")["Read in"], "2 parts");
});

test("numbers have words beside them", () => {
  assert.deepEqual(state.lengthWords(1), ["1 token", "about 10 words"]);
  assert.deepEqual(state.lengthWords(200), ["200 tokens", "about 150 words"]);
  assert.deepEqual(state.creativityWords(0.2), ["0.2", "focused"]);
  assert.deepEqual(state.creativityWords(2), ["2.0", "wild"]);
});

test("a text file is read, and anything else refused with its name", async () => {
  const file = (content, name = "a.txt", type = "text/plain") => new File([content], name, { type });
  assert.equal((await readTextFile([file("näh")])).text, "näh");
  await assert.rejects(readTextFile([file("x", "a.png", "image/png")]), /“a\.png” is not a text file/);
  await assert.rejects(readTextFile([file("x".repeat(1_000_001))]), /larger than 1 MB/);
  await assert.rejects(readTextFile([file("")]), /is empty/);
  await assert.rejects(readTextFile([]), /not a file/);
  await assert.rejects(readTextFile([file("a"), file("b")]), /One file/);
  await assert.rejects(readTextFile([file(new Uint8Array([0xff, 0xfe, 0x41, 0x00, 0xd8]))]), /“a\.txt”/);
});
