import assert from "node:assert/strict";
import test, { beforeEach, mock } from "node:test";
import { page, storage } from "./pages.mjs";

globalThis.document = { baseURI: "https://app.example/text/" };
const { call, countDown, secondsOf, waitSeconds } = await page("shared/api.js");
const { ApiError, explain } = await page("shared/errors.js");
const { Config } = await page("shared/config.js");
const { Records, read } = await page("shared/storage.js");
const { ago, duration } = await page("shared/format.js");

const config = new Config();
const reply = (status, body, headers = {}) => new Response(JSON.stringify(body), { status, headers });
const failure = (status, headers) => reply(status, { error: { code: "c", message: "it is so", request_id: "r1" } }, headers);

/** Answer the next requests with these, in their order, and return the requests. */
function answers(...responses) {
  const requests = [];
  globalThis.fetch = async (url, options) => {
    requests.push({ url, ...options });
    const next = responses.shift();
    if (next instanceof Error) throw next;
    return next;
  };
  return requests;
}

/** Let time pass, a second at once, until the promise has settled. */
async function settled(promise) {
  let over = false;
  const outcome = promise.then((value) => ({ value }), (error) => ({ error })).finally(() => (over = true));
  for (let second = 0; !over && second < 1000; second += 1) {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    await new Promise(setImmediate);
    if (!over) mock.timers.tick(1000);
  }
  return outcome;
}

beforeEach(() => {
  globalThis.localStorage = storage();
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout", "Date"] });
});

test("what may pass is sent again after the time that it says, counted down", async () => {
  const requests = answers(failure(503, { "Retry-After": "3" }), reply(200, { summary: "s" }));
  const waits = [];
  const { value } = await settled(call(config, "summarize", { body: { text: "t" }, onWait: (left) => waits.push(left) }));
  assert.deepEqual(value, { summary: "s" });
  assert.deepEqual(waits, [3, 2, 1]);
  assert.deepEqual(requests.map(({ url }) => url), Array(2).fill("https://app.example/text/api/summarize"));
});

test("what never passes is given up after the retries of the settings", async () => {
  const requests = answers(...Array.from({ length: 9 }, () => failure(429)));
  const { error } = await settled(call(config, "x", { body: {} }));
  assert.equal(requests.length, 1 + config.retries);
  assert.deepEqual([error.status, error.requestId], [429, "r1"]);
});

test("a request that may have been carried out is repeated only under its key", async () => {
  const lost = () => answers(new TypeError("failed to fetch"), reply(200, { done: true }));
  lost();
  assert.equal((await settled(call(config, "x", { body: {} }))).error.code, "unreachable");
  lost();
  assert.deepEqual((await settled(call(config, "x", { body: {}, headers: { "Idempotency-Key": "k" } }))).value, { done: true });
  lost();
  assert.deepEqual((await settled(call(config, "x"))).value, { done: true });
});

test("a limit of the day is not tried again before it is over", async () => {
  const requests = answers(reply(429, { error: { code: "daily_limit_reached" } }, { "Retry-After": "7200" }), reply(200, {}));
  const { error } = await settled(call(config, "x"));
  assert.equal(requests.length, 1);
  assert.equal(error.retryAt, Date.now() + 7_200_000);
});

test("a session adds its headers, and no redirect can carry them elsewhere", async () => {
  const requests = answers(reply(200, {}), reply(200, {}));
  const own = new Config();
  own.session = { send: (url, attempt) => attempt({ "X-Api-Key": `for ${url}` }) };
  await settled(call(own, "x"));
  await settled(call(config, "x"));
  assert.deepEqual(requests.map(({ headers, redirect }) => [headers["X-Api-Key"], redirect]), [
    ["for https://app.example/text/api/x", "error"], [undefined, undefined],
  ]);
  assert.equal(requests[0].headers.Accept, "application/json");
});

test("what a filter refused is told in the API's own words, and what is not the API's 403 is a firewall's", async () => {
  const message = "what the model wrote has personal data in it; word the prompt in another way";
  const body = { code: "content_filtered", message, reason: "personal_data" };
  answers(reply(400, { error: body }), new Response("<html>", { status: 403 }), reply(403, { message: "Forbidden" }));
  const filtered = explain((await settled(call(config, "x"))).error);
  assert.deepEqual([filtered.title, filtered.advice], ["This was not let through", "What the model wrote has personal data in it; word the prompt in another way."]);
  for (const _ of [1, 2]) assert.equal(explain((await settled(call(config, "x"))).error).title, "The request was blocked");
});

test("the deployment's own addresses are known whatever the person has set", () => {
  const own = new Config({ apiDirectUrl: "https://id.example/prod" }, { apiUrl: "https://elsewhere.example/" });
  assert.equal(own.apiUrl, "https://elsewhere.example/");
  assert.deepEqual([own.deployment.apiUrl, own.deployment.apiDirectUrl], ["api", "https://id.example/prod"]);
});

test("what cannot pass is not sent again", async () => {
  const requests = answers(failure(400), failure(400));
  assert.equal((await settled(call(config, "x", { body: {} }))).error.status, 400);
  assert.equal(requests.length, 1);
});

test("an answer that is not the API's is an error all the same", async () => {
  answers(new Response("<html>", { status: 200 }));
  assert.equal((await settled(call(config, "x"))).error.code, "unexpected");
  answers(new Response("<html>", { status: 502 }));
  assert.equal((await settled(call(config, "x"))).error.status, 502);
});

test("a request without an answer ends after the time-out", async () => {
  globalThis.fetch = (url, { signal }) =>
    new Promise((resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  assert.equal((await settled(call(config, "x"))).error.code, "timeout");
});

test("a person can end a wait", async () => {
  const controller = new AbortController();
  const waiting = countDown(60, { signal: controller.signal });
  controller.abort(new Error("enough"));
  await assert.rejects(waiting, /enough/);
});

test("waits grow, are spread, and end at a minute", () => {
  const error = new ApiError("");
  assert.deepEqual([0, 1, 2, 9].map((attempt) => waitSeconds(error, attempt, () => 1)), [2, 4, 8, 60]);
  assert.equal(waitSeconds(error, 9, () => 0), 1);
  assert.equal(waitSeconds(new ApiError("", { retryAfter: 900 }), 0, () => 1), 60);
  assert.equal(secondsOf("7"), 7);
  assert.equal(secondsOf(new Date(5000).toUTCString(), 2000), 3);
  for (const nothing of [null, "", "soon", "-3"]) assert.equal(secondsOf(nothing), 0);
});

test("each error is a sentence with what to do", () => {
  const details = [{ field: "prompt", message: "is too long" }];
  assert.equal(explain(new ApiError("", { status: 400, code: "invalid_request", details })).advice, "Prompt is too long.");
  for (const status of [400, 401, 403, 404, 409, 413, 418, 429, 500, 502, 503, 504, 0]) {
    const { title, advice } = explain(new ApiError("", { status }));
    assert.ok(title && /[.]$/.test(advice), `${status}: ${title} ${advice}`);
  }
  assert.equal(explain(new ApiError("", { status: 400 })).retriable, false);
  assert.equal(explain(new ApiError("", { status: 503 })).retriable, true);
  assert.equal(explain(new ApiError("", { code: "constructor", status: 502 })).title, "The model could not answer");
});

test("settings are checked, kept where they differ, and reset", () => {
  const own = new Config({ apiUrl: "api" });
  assert.deepEqual(Object.keys(own.problems({ apiUrl: "javascript:x", timeoutSeconds: 4, retries: 1.5, theme: "red" })), [
    "apiUrl", "timeoutSeconds", "retries", "theme",
  ]);
  assert.match(own.problems({ apiUrl: "http://elsewhere.example" }).apiUrl, /https/);
  assert.ok(own.save({ retries: 5, theme: "auto" }));
  assert.deepEqual(read("settings"), { retries: 5 });
  assert.equal(new Config({}, read("settings")).retries, 5);
  own.reset();
  assert.deepEqual([own.retries, read("settings")], [3, undefined]);
  assert.equal(new Config({}, { retries: 99, apiUrl: 7 }).retries, 3);
  assert.equal(new Config({ apiUrl: "https://api.example/prod/" }).url("/generate"), "https://api.example/prod/generate");
});

test("records survive anything that storage does", () => {
  const records = new Records("jobs", { limit: 2 });
  for (const id of ["a", "b", "c"]) records.put({ id });
  assert.deepEqual(records.all().map(({ id }) => id), ["c", "b"]);
  records.put({ id: "b", seen: true });
  assert.deepEqual(records.all()[1], { id: "b", seen: true });
  globalThis.localStorage.setItem("genai:/text/:jobs", '[1, null, {"id": "ok"}, {"id": 7}]');
  assert.deepEqual(records.all(), [{ id: "ok" }]);
  globalThis.localStorage.setItem("genai:/text/:jobs", "{broken");
  assert.deepEqual(records.all(), []);
});

test("records are kept in memory where nothing can be stored, and the oldest make room", () => {
  globalThis.localStorage = storage(30);
  const tight = new Records("jobs", { limit: 9 });
  for (const id of ["first", "second", "third"]) tight.put({ id });
  assert.deepEqual(tight.all().map(({ id }) => id), ["third"]);
  assert.ok(tight.persistent);
  Object.defineProperty(globalThis, "localStorage", { configurable: true, get: () => { throw new Error("forbidden"); } });
  const memory = new Records("other", { limit: 9 });
  memory.put({ id: "a" });
  assert.deepEqual([memory.all(), memory.persistent], [[{ id: "a" }], false]);
  Object.defineProperty(globalThis, "localStorage", { configurable: true, writable: true, value: storage() });
});

test("times are words", () => {
  assert.equal(duration(8.9), "8 s");
  assert.equal(duration(125), "2 min 5 s");
  assert.equal(ago(0, 59_000), "just now");
  assert.equal(ago(0, 60_000), "1 minute ago");
  assert.equal(ago(0, 7_200_000), "2 hours ago");
});
