import assert from "node:assert/strict";
import test, { beforeEach } from "node:test";
import { page, storage } from "./pages.mjs";

globalThis.document = { baseURI: "https://app.example/text/" };
const { stateOf, wordsOf } = await page("shared/model-state.js");
const { waitBefore } = await page("shared/readiness.js");
const { beginWake, endWake, forgetWake, isJustWoken, usualWake, wakeProgress } = await page("shared/wake.js");

const START = 1_800_000_000_000;
const after = (seconds) => START + seconds * 1000;

/** Wake the model, and see it awake after so many seconds. */
function wake(seconds) {
  beginWake(START);
  endWake(after(seconds), after(seconds - 30));
}

beforeEach(() => {
  globalThis.localStorage = storage();
});

test("the state is the API's, or follows from SageMaker's word with an older one", () => {
  assert.equal(stateOf({ ready: true, state: "asleep", endpoint_status: "InService" }), "asleep");
  const older = [[true, "Updating"], [false, "Creating"], [false, "NotFound"], [false, "Failed"], [false, undefined]];
  const states = older.map(([ready, status]) => stateOf({ ready, endpoint_status: status }));
  assert.deepEqual(states, ["ready", "starting", "missing", "failed", "starting"]);
  assert.equal(stateOf({ ready: true, state: "constructor" }), "ready");
});

test("each state has a title, and all but the unknown say what comes", () => {
  assert.deepEqual(wordsOf("asleep", "InService", "about 4 minutes")[1], "Your first request wakes it, which takes about 4 minutes.");
  assert.equal(wordsOf("waking", "Updating", "")[0], "The model is waking");
  assert.equal(wordsOf("paused", "Deleting", "")[0], "The model is paused");
  assert.equal(wordsOf("starting", "Creating", "")[0], "The model is being deployed");
  assert.equal(wordsOf("failed", "OutOfService", "")[0], "The model is out of service");
  assert.equal(wordsOf("missing", "NotFound", "")[0], "The model is not available yet");
  assert.equal(wordsOf("starting", "constructor", "")[0], "The model is not ready yet");
});

test("a model that rests is checked only while somebody waits, and one that is ready never", () => {
  const waits = (state, isAwaited) => waitBefore(0, { state, isAwaited });
  assert.deepEqual([waits("ready", true), waits("asleep", false), waits("paused", false)], [null, null, null]);
  assert.deepEqual([waits("asleep", true), waits("paused", true), waits("waking", false)], [5, 60, 5]);
  assert.equal(waitBefore(99, { state: "waking" }), 30);
});

test("waking takes ten minutes until this browser has seen one, then the median of the latest", () => {
  assert.equal(usualWake(), "about 10 minutes");
  wake(240);
  assert.equal(usualWake(), "about 4 minutes");
  for (const seconds of [300, 310, 320, 330, 340]) wake(seconds);
  assert.equal(usualWake(), "about 5 minutes");
  wake(20);
  assert.equal(usualWake(), "about 5 minutes");
});

test("only a wake that was seen from its beginning to its end is learned", () => {
  endWake(after(300), after(290));
  beginWake(START);
  forgetWake();
  endWake(after(300), after(290));
  wake(5);
  beginWake(START);
  endWake(after(300), after(100));
  wake(7200);
  for (const stored of ["{", "7", '{"since": "x"}', '{"since": 1}']) {
    globalThis.localStorage.setItem("genai:/text/:wake", stored);
    endWake(after(300), after(290));
  }
  assert.equal(usualWake(), "about 10 minutes");
  globalThis.localStorage.setItem("genai:/text/:wakes", '[null, -3, "9"]');
  assert.equal(usualWake(), "about 10 minutes");
});

test("a wake has begun when it was first requested, and is noticed for a while after the last request", () => {
  beginWake(START);
  beginWake(after(100));
  assert.equal(wakeProgress(after(150), after(140)).text, "2 min 30 s so far");
  assert.deepEqual([isJustWoken(after(219)), isJustWoken(after(221))], [true, false]);
  beginWake(after(800));
  assert.equal(wakeProgress(after(800), after(800)).text, "0 s so far");
});

test("progress has a share only while that is true", () => {
  const unknown = wakeProgress(after(60), START);
  assert.deepEqual([unknown.text, unknown.share, unknown.isLate], ["more than 1 min 0 s so far", null, false]);
  beginWake(START);
  assert.equal(wakeProgress(after(150), after(140)).share, 0.25);
  const late = wakeProgress(after(600), START);
  assert.deepEqual([late.text, late.share, late.isLate], ["10 min 0 s so far, longer than usual", null, true]);
});

test("a wake is known to this page where nothing can be stored", () => {
  globalThis.localStorage = storage(3);
  beginWake(START);
  assert.equal(wakeProgress(after(30), after(30)).text, "30 s so far");
  forgetWake();
  assert.equal(wakeProgress(after(30), after(30)).text, "more than 0 s so far");
});
