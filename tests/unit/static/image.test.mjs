import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

const source = readFileSync(new URL("../../../static/image/state.js", import.meta.url));
const state = await import(`data:text/javascript;base64,${source.toString("base64")}`);

test("a prompt is measured after its white space is folded", () => {
  const limits = { promptMinCharacters: 10, promptMaxCharacters: 20 };
  assert.match(state.problem("a          b", limits), /at least 10/);
  assert.equal(state.problem("a red house", limits), "");
  assert.match(state.problem("x".repeat(21), limits), /has 21 characters; at most 20/);
});

test("a request has numbers, and only what was filled in", () => {
  const values = {
    prompt: "p", negative_prompt: "", size: "768x512", num_inference_steps: "30",
    guidance_scale: "7.5", num_images: "2", seed: "",
  };
  assert.deepEqual(state.requestBody(values), {
    prompt: "p", width: 768, height: 512, num_inference_steps: 30, guidance_scale: 7.5, num_images: 2,
  });
  assert.equal(state.requestBody({ ...values, seed: "0" }).seed, 0);
});

test("the page looks less often the longer a job takes, and never gives up looking", () => {
  const waits = Array.from({ length: 12 }, (_, look) => state.waitBefore(look));
  assert.ok(waits.every((wait, index) => index === 0 || wait >= waits[index - 1]));
  assert.equal(waits[0], 1);
  assert.equal(waits.at(-1), 8);
});

test("only images of this origin are shown", () => {
  assert.equal(state.checkedUrl("/generated_images/ab/0.jpg"), "/generated_images/ab/0.jpg");
  for (const url of ["https://evil.example/0.jpg", "//evil/0.jpg", "javascript:alert(1)", "/generated_images/../x"]) {
    assert.equal(state.checkedUrl(url), "");
  }
});
