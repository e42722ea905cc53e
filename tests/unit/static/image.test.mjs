import assert from "node:assert/strict";
import test from "node:test";
import { LIMITS, page } from "./pages.mjs";

const state = await page("image/state.js");
const { estimate, samplesOf } = await page("image/estimate.js");
const { pause, waitBefore } = await page("image/polling.js");
const record = await page("image/record.js");

const SETTINGS = {
  prompt: "A small red house",
  negative_prompt: "",
  width: 512,
  height: 512,
  num_inference_steps: 50,
  guidance_scale: 7.5,
  num_images: 1,
  seed: null,
};
const problems = (changes) => state.problems({ ...SETTINGS, ...changes }, LIMITS.image);
const made = (changes) => ({ ...record.newRecord(SETTINGS, { id: "a", now: 1000 }), jobId: "ab", ...changes });

test("a prompt is measured after its white space is folded", () => {
  assert.deepEqual(problems({ prompt: " a   red \n house " }), {});
  assert.match(problems({ prompt: "a          b" }).prompt, /at least 10 characters, not 3/);
  assert.match(problems({ prompt: " \n" }).prompt, /^Describe/);
  assert.match(problems({ prompt: "x".repeat(302) }).prompt, /2 characters too long: at most 300/);
  assert.deepEqual(problems({ prompt: "🦊".repeat(300) }), {});
  assert.match(problems({ prompt: "a house\u0000 by the sea" }).prompt, /control characters/);
  assert.match(problems({ negative_prompt: "x".repeat(301) }).negative_prompt, /1 character too long/);
});

test("sizes, numbers and seeds outside the API's ranges have a message beside their fields", () => {
  for (const width of [Number.NaN, 248, 1032, 512.5]) assert.match(problems({ width }).width, /256 to 1,024 pixels/);
  assert.match(problems({ height: 1001 }).height, /multiple of 8, such as 1000 or 1008/);
  assert.match(problems({ num_inference_steps: 101 }).num_inference_steps, /1 to 100/);
  assert.match(problems({ guidance_scale: 0.5 }).guidance_scale, /1 to 20/);
  for (const seed of [-1, 4_294_967_296, 1.5, Number.NaN]) assert.match(problems({ seed }).seed, /whole number/);
  for (const seed of [null, 0, 4_294_967_295]) assert.deepEqual(problems({ seed }), {});
});

test("too much work has a message with what would be right", () => {
  assert.deepEqual(problems({ num_inference_steps: 100, num_images: 4 }), {});
  const large = { width: 1024, height: 1024 };
  assert.deepEqual(problems({ ...large, num_inference_steps: 100 }), {});
  assert.equal(
    problems({ ...large, num_images: 4 }).work,
    "This is too much for one job. Choose at most 25 steps, 2 images, or a smaller size.",
  );
  assert.match(problems({ ...large, num_inference_steps: 100, num_images: 2 }).work, /at most 50 steps, 1 image, or/);
});

test("what it says is right when there is too much work is right", () => {
  const settings = { ...SETTINGS, width: 1000, height: 1016, num_inference_steps: 93, num_images: 3 };
  const [, steps, images] = /at most (\d+) steps, (\d+) image/.exec(state.workProblem(settings, LIMITS.image));
  assert.deepEqual(problems({ ...settings, num_inference_steps: Number(steps) }), {});
  assert.ok(problems({ ...settings, num_inference_steps: Number(steps) + 1 }).work);
  assert.deepEqual(problems({ ...settings, num_images: Number(images) }), {});
});

test("a request has what was filled in, the prompt as typed", () => {
  const { seed, negative_prompt, ...rest } = { ...SETTINGS, prompt: "  <b>a</b>  house " };
  assert.deepEqual(state.requestBody({ ...rest, seed: null, negative_prompt: " " }), rest);
  assert.deepEqual(state.requestBody({ ...rest, seed: 0, negative_prompt: "fog" }), { ...rest, seed: 0, negative_prompt: "fog" });
});

test("presets and examples keep to the limits, and are known again", () => {
  for (const [name, preset] of Object.entries(state.qualities(LIMITS.image))) {
    assert.deepEqual(problems(preset), {});
    assert.equal(state.qualityOf({ ...SETTINGS, ...preset }, LIMITS.image), name);
  }
  assert.equal(state.qualityOf({ ...SETTINGS, num_inference_steps: 51 }, LIMITS.image), "");
  for (const prompt of Object.values(state.EXAMPLES)) assert.deepEqual(problems({ prompt }), {});
});

test("the API's details become messages beside fields, unless there is none", () => {
  const details = [{ field: "width", message: "must be even." }];
  assert.deepEqual(state.fieldMessages(details), { width: "The width must be even." });
  assert.equal(state.fieldMessages([{ field: "scheduler", message: "x" }]), null);
  assert.equal(state.fieldMessages([{ field: "constructor", message: "x" }]), null);
  assert.equal(state.fieldMessages([]), null);
});

const ended = (seconds, changes = {}) =>
  made({
    status: "SUCCEEDED",
    settings: { ...SETTINGS, ...changes },
    startedAt: "2026-11-23T10:00:00.000+00:00",
    finishedAt: new Date(Date.parse("2026-11-23T10:00:00Z") + seconds * 1000).toISOString(),
  });

test("an estimate is the median of earlier jobs, scaled by the work", () => {
  assert.equal(estimate(SETTINGS, []), null);
  const samples = samplesOf([ended(10), ended(11), ended(60), made({ status: "FAILED" }), ended(Number.NaN || 0)]);
  assert.equal(samples.length, 3);
  assert.equal(estimate(SETTINGS, samples), 11);
  assert.equal(estimate({ ...SETTINGS, num_images: 4 }, samples), 44);
  assert.equal(estimate({ ...SETTINGS, width: Number.NaN }, samples), null);
});

test("jobs of about the same work count alone where there are any", () => {
  const samples = samplesOf([ended(4, { num_inference_steps: 10 }), ended(5, { num_inference_steps: 10 }), ended(12)]);
  assert.equal(estimate(SETTINGS, samples), 12);
});

test("a job that had to wait for a waking model says nothing of the next one's time", () => {
  const woken = { ...ended(600), woken: true };
  assert.equal(estimate(SETTINGS, samplesOf([woken, ended(10)])), 10);
  assert.equal(state.durationWords(woken), "made in 10 min 0 s, with the model's waking");
});

test("a job's own time begins when the model is awake", () => {
  const job = made({ status: "RUNNING", acceptedAt: 0 });
  const asleep = record.withWake(job, true, 1000);
  assert.equal(asleep.woken, true);
  assert.equal(record.withWake(asleep, true, 2000), asleep);
  const awake = record.withWake(asleep, false, 300_000);
  assert.equal(record.withWake(awake, false, 400_000), awake);
  assert.equal(record.secondsInState(awake, 305_000), 5);
  assert.equal(record.withWake(job, false, 1000), job);
  assert.ok(record.isRecord(awake));
  assert.ok(!record.isRecord({ ...awake, awakeAt: "soon" }));
});

test("a job that waits for a waking model says that, whatever the service calls it", () => {
  const wake = { usual: "about 10 minutes", text: "5 s so far", share: 0.1 };
  for (const status of ["QUEUED", "RUNNING"]) {
    const { title, text, share } = state.progressOf(made({ status }), { now: 5000, estimate: 10, wake });
    assert.deepEqual([title, text, share], ["Waking the model, about 10 minutes", "5 s so far", 0.1]);
  }
  assert.equal(state.progressOf(made({ status: "SENDING" }), { now: 5000, estimate: 10, wake }).title, "Sending…");
  assert.match(state.timeWords({ seconds: 10, wake }), /waking takes about 10 minutes, and this job about 10 s then\.$/);
  assert.equal(state.timeWords({ seconds: null, wake: null }), "");
});

test("the page looks less often the longer a job takes, and never gives up looking", () => {
  const waits = Array.from({ length: 30 }, (_, look) => waitBefore(look));
  assert.ok(waits.every((wait, index) => index === 0 || wait >= waits[index - 1]));
  assert.equal(waits[0], 1);
  assert.equal(waits.at(-1), 8);
  assert.equal(waitBefore(0, { hidden: true }), 20);
  assert.equal(waitBefore(0, { waking: true }), 15);
});

test("after a failure it waits longer each time, with jitter, or as the service asks", () => {
  assert.equal(waitBefore(0, { failures: 1, random: () => 0 }), 2);
  assert.equal(waitBefore(0, { failures: 1, random: () => 1 }), 4);
  assert.equal(waitBefore(9, { failures: 50, random: () => 1 }), 30);
  assert.equal(waitBefore(0, { failures: 1, retryAfter: 7 }), 7);
});

test("a pause ends by a wake, and by an abort with its reason", async () => {
  const wakes = new EventTarget();
  const long = pause(1000, { signal: new AbortController().signal, wakes });
  wakes.dispatchEvent(new Event("wake"));
  await long;
  const controller = new AbortController();
  const aborted = pause(1000, { signal: controller.signal, wakes });
  controller.abort(new Error("enough"));
  await assert.rejects(aborted, /enough/);
  await assert.rejects(pause(1000, { signal: controller.signal, wakes }), /enough/);
});

test("only whole records of ours are taken from the storage", () => {
  assert.ok(record.isRecord(made()));
  assert.ok(record.isRecord(JSON.parse(JSON.stringify(made({ status: "SUCCEEDED", seed: 7 })))));
  const broken = [
    null, "x", {}, made({ settings: null }), made({ status: "GONE" }), made({ images: [{}] }), made({ at: "now" }),
    made({ seed: -1 }), made({ status: "QUEUED", jobId: "../status" }), made({ settings: { ...SETTINGS, width: "512" } }),
    made({ settings: { ...SETTINGS, num_images: 1e9 } }),
  ];
  for (const one of broken) assert.equal(record.isRecord(one), false);
});

test("a job takes what the service says, and nothing that makes no sense", () => {
  const queued = record.accepted(made(), { job_id: "cd" }, 5000);
  assert.equal(queued.status, "QUEUED");
  assert.equal(record.updated(queued, { status: "PAUSED" }), queued);
  const done = record.updated(queued, {
    status: "SUCCEEDED", seed: 7, images: [{ url: "/generated_images/cd/0.jpg", width: "wide" }],
  });
  assert.deepEqual(done.images, [{ url: "/generated_images/cd/0.jpg", thumbnail: "/generated_images/cd/0.jpg", width: 512, height: 512 }]);
  assert.equal(done.seed, 7);
  assert.equal(record.updated(queued, { status: "FAILED", error: { message: "m" } }).error.message, "m");
});

test("the time of a job does not depend on the service's clock being right", () => {
  const running = made({
    status: "RUNNING", acceptedAt: 10_000, createdAt: "1999-01-01T00:00:00Z", startedAt: "1999-01-01T00:00:03Z",
  });
  assert.equal(record.secondsInState(running, 20_000), 7);
  assert.equal(record.secondsInState({ ...running, status: "QUEUED" }, 20_000), 10);
  assert.equal(record.secondsInState(running, 0), 0);
});

test("only images of this origin are shown, relative to the page", () => {
  const ours = ["", "https://d111111abcdef8.cloudfront.net", "http://127.0.0.1:8000/image"];
  for (const site of ours) {
    assert.equal(record.imageUrl(`${site}/generated_images/ab/0_thumbnail.jpg`), "generated_images/ab/0_thumbnail.jpg");
  }
  const foreign = [
    "https://evil.example/0.jpg", "//evil/0.jpg", "javascript:alert(1)", "/generated_images/../x", "generated_images/a",
    "/generated_images/ab/..", "/generated_images//evil/x", "/generated_images/a?b", "/generated_images", "/x/generated_images/a",
    "https://a.example/generated_images/../x", "https://a.example/x?/generated_images/ab/0.jpg", "javascript://x/generated_images/a",
  ];
  for (const url of foreign) assert.equal(record.imageUrl(url), "", url);
});

test("a private image is loaded by its signed URL, and has one to be downloaded by", () => {
  const at = (path, query = "X-Amz-Expires=900&X-Amz-Signature=ab") => `${path}/generated_images/ab/0.jpg?${query}`;
  for (const url of [at("https://bucket.s3.eu-west-1.amazonaws.com"), at("http://127.0.0.1:4566/a-bucket")]) {
    assert.ok(record.isPrivate(url));
    assert.equal(record.imageUrl(url), url);
  }
  const others = [
    at("https://b.example", "X-Amz-Expires=1"), at("javascript:alert(1)//"), at("https://user@b.example"), at("/x"), at("data:x"),
    "https://b.example/other/0.jpg?X-Amz-Signature=a", "https://b.example/generated_images/../0.jpg?X-Amz-Signature=a",
  ];
  for (const url of others) assert.deepEqual([record.isPrivate(url), record.imageUrl(url)], [false, ""], url);
  const [image] = record.updated(made(), {
    status: "SUCCEEDED", images: [{ url: at("https://b.example"), download_url: at("https://b.example", "x=1&X-Amz-Signature=c"), width: 8, height: 8 }],
  }).images;
  assert.match(image.download, /Signature=c$/);
  assert.ok(record.isRecord(made({ status: "SUCCEEDED", images: [image] })));
});

test("a file's name says what the image shows", () => {
  const of = (prompt, seed) => record.fileName(made({ settings: { ...SETTINGS, prompt }, seed }), 1);
  assert.equal(of("A small, red house!", 5), "a-small-red-house-seed-5-2.jpg");
  assert.equal(of("Café & <b>crème</b>: ../../etc", 0), "cafe-b-creme-b-etc-seed-0-2.jpg");
  assert.equal(of("!!!!!!!!!!!!", undefined), "image-2.jpg");
  assert.ok(of("word ".repeat(60), 4_294_967_295).length < 90);
  const png = made({ settings: { ...SETTINGS, prompt: "A house" }, seed: 5, images: [{ url: "generated_images/ab/0.png" }] });
  assert.equal(record.fileName(png, 0), "a-house-seed-5-1.png");
});

test("the same request has the seed that the job got, variations have none", () => {
  assert.equal(record.withSeed(made({ seed: 9 })).seed, 9);
  assert.equal(record.variation(made({ settings: { ...SETTINGS, seed: 9 }, seed: 9 })).seed, null);
});

test("progress has a share only where one is known, and never all of it", () => {
  const running = made({ status: "RUNNING", acceptedAt: 0 });
  assert.equal(state.progressOf(running, { now: 5000, estimate: null }).share, null);
  assert.equal(state.progressOf(running, { now: 5000, estimate: 10 }).share, 0.5);
  assert.equal(state.progressOf(running, { now: 5000, estimate: 10 }).text, "5 s so far of about 10 s");
  const late = state.progressOf(running, { now: 15_000, estimate: 10 });
  assert.equal(late.share, null);
  assert.equal(late.text, "15 s so far, longer than the usual 10 s");
  assert.equal(state.progressOf(made({ status: "QUEUED", acceptedAt: 0 }), { now: 5000, estimate: 10 }).share, null);
  assert.equal(state.progressOf(running, { now: 5000, estimate: 10, note: "You are offline." }).text, "You are offline.");
});

test("an estimate is shown no more exactly than it is", () => {
  assert.deepEqual([0.8, 7.4, 33, 128].map(state.about), ["a second or two", "about 7 s", "about 35 s", "about 2 min 10 s"]);
});
