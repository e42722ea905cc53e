import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

const load = (path) => {
  const source = readFileSync(new URL(`../../../static/${path}`, import.meta.url));
  return import(`data:text/javascript;base64,${source.toString("base64")}`);
};
const state = await load("text/state.js");
const api = await load("shared/api.js");

const answers = (...responses) => {
  const calls = [];
  globalThis.fetch = async (url, options) => {
    calls.push({ url, ...options });
    return responses.shift();
  };
  return calls;
};
const json = (status, body, headers = {}) => new Response(JSON.stringify(body), { status, headers });
const error = (status, headers) => json(status, { error: { code: "c", message: "it is so", request_id: "r1" } }, headers);

test("an empty and a too long text are said to be so", () => {
  assert.match(state.problem("  ", 5), /enter a text/);
  assert.match(state.problem("123456", 5), /6 characters; at most 5/);
  assert.equal(state.problem("12345", 5), "");
});

test("each mode has its own field", () => {
  assert.deepEqual(state.requestBody("summarize", { text: "t", tokens: 5, temperature: 1 }), {
    text: "t", max_new_tokens: 5, temperature: 1,
  });
  assert.equal(state.requestBody("generate", { text: "t", tokens: 5, temperature: 1 }).prompt, "t");
});

test("a model that is not ready is asked again after the time it says", async () => {
  const calls = answers(error(503, { "Retry-After": "30" }), json(200, { summary: "s" }));
  const waits = [];
  const answer = await api.call("api/summarize", { body: { text: "t" }, wait: async (seconds) => waits.push(seconds) });
  assert.deepEqual(answer, { summary: "s" });
  assert.deepEqual(waits, [30]);
  assert.equal(calls.length, 2);
});

test("a model that never gets ready is given up", async () => {
  answers(error(503), error(503), error(503));
  await assert.rejects(api.call("x", { wait: async () => {} }), { message: "It is so.", status: 503 });
});

test("what cannot pass is not tried again, and names its request", async () => {
  const calls = answers(error(400));
  const failure = await api.call("x", { body: {} }).catch((reason) => reason);
  assert.equal(calls.length, 1);
  assert.equal(api.describe(failure), "It is so. (request r1)");
});

test("an answer that is no JSON still becomes a sentence", async () => {
  answers(new Response("<html>", { status: 502 }));
  await assert.rejects(api.call("x"), { message: "The request failed with status 502." });
});
