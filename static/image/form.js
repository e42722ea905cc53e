// The form: its values, what follows from them, and its messages.

import { counter, lengthOf } from "./shared/characters.js";
import { readLimits } from "./shared/config.js";
import { announce, find } from "./shared/dom.js";
import { keepDraft, readDraft } from "./shared/draft.js";
import { showCounter, showFieldMessages, showMeaning, wireSubmit } from "./shared/form.js";
import { count, number } from "./shared/format.js";
import { owner, owners } from "./shared/owner.js";
import { forgetReplaced, wireExamples } from "./examples.js";
import * as state from "./state.js";

const limits = readLimits();
const form = find("form");
const { elements } = form;
const NUMBERS = ["width", "height", "num_inference_steps", "guidance_scale", "num_images"];
const FIELDS = ["prompt", "negative_prompt", ...NUMBERS, "seed"];
// The fields that may be folded away.
const FOLDED = ["negative_prompt", "width", "height", "num_inference_steps", "guidance_scale", "seed"];
let estimateFor = () => ({});

/** Return a number, or NaN for anything else. */
const numberIn = (text) => (text.trim() === "" ? Number.NaN : Number(text));

export function values() {
  const numbers = NUMBERS.map((name) => [name, numberIn(elements[name].value)]);
  const { prompt, negative_prompt: negative, seed } = elements;
  return {
    prompt: prompt.value,
    negative_prompt: negative.value,
    ...Object.fromEntries(numbers),
    seed: seed.value.trim() === "" ? null : numberIn(seed.value),
  };
}

function showWork(settings) {
  const share = state.pixelSteps(settings) / limits.maxPixelSteps;
  const problem = state.workProblem(settings, limits);
  const known = Number.isFinite(share);
  find("work").value = known ? Math.min(1, share) : 0;
  find("work").classList.toggle("over", Boolean(problem));
  find("work-share").textContent = known ? `${number(Math.ceil(share * 100))}% of what one job may take` : "";
  find("work-time").textContent = problem ? "" : state.timeWords(estimateFor(settings));
  find("work-error").textContent = problem;
}

/** Select the radio button of this value, or none. */
function select(choices, value) {
  for (const choice of choices) choice.checked = choice.value === value;
}

/** Bring everything that depends on the values up to date. */
export function update() {
  const settings = values();
  const { num_inference_steps: steps, guidance_scale: guidance, negative_prompt: negative } = settings;
  select(elements.size, `${settings.width}x${settings.height}`);
  select(elements.quality, state.qualityOf(settings, limits));
  for (const name of ["prompt", "negative_prompt"]) {
    showCounter(`${name}-count`, counter(lengthOf(settings[name]), limits.promptMaxCharacters));
  }
  showMeaning("num_inference_steps", [count(steps, "step"), state.stepsWords(steps)]);
  showMeaning("guidance_scale", [guidance.toFixed(1), state.guidanceWords(guidance)]);
  showWork(settings);
  const seed = settings.seed === null ? "new seed" : `seed ${elements.seed.value.trim()}`;
  const parts = [count(steps, "step"), `guidance ${guidance}`, seed, negative.trim() && "something left out"];
  find("more-summary").textContent = parts.filter(Boolean).join(", ");
}

/** Disable the choices that this deployment does not allow. */
function disableChoices() {
  for (const choice of elements.num_images) choice.disabled = Number(choice.value) > limits.maxImages;
  for (const choice of elements.size) {
    choice.disabled = choice.value.split("x").some((side) => Number(side) > limits.maxPixelsSide);
  }
}

/** Say which settings the model does not heed, if there are any. */
export function showNote(note) {
  find("model-note").textContent = note;
  find("model-note").hidden = note === "";
}

/** Show how long a job takes; `estimate(settings)` returns seconds or null. */
export function setEstimate(estimate) {
  estimateFor = estimate;
  update();
}

/** Show messages beside their fields (name to sentence), and move the focus to the first. */
export function showMessages(messages) {
  showFieldMessages(FIELDS, messages);
  elements.num_inference_steps.setAttribute("aria-invalid", String("num_inference_steps" in messages || "work" in messages));
  const first = [...FIELDS, "work"].find((name) => name in messages);
  if (!first) return;
  if (FOLDED.includes(first) || first === "work") find("more").open = true;
  const control = elements[first === "work" ? "num_inference_steps" : first];
  (control instanceof Element ? control : control[0]).focus();
}

/** Return whether the values can be sent; if not, the form says why. */
export function check() {
  const found = state.problems(values(), limits);
  showMessages(found);
  return Object.keys(found).length === 0;
}

let focused;

/** While a request is sent nothing can be changed; the focus stays where it was. */
export function setBusy(isBusy) {
  if (isBusy) focused = document.activeElement;
  find("fields").disabled = isBusy;
  find("submit").setAttribute("aria-disabled", String(isBusy));
  form.setAttribute("aria-busy", String(isBusy));
  if (!isBusy && document.activeElement === document.body) focused?.focus({ preventScroll: true });
}

/** Put these settings into the form, as if they had been chosen there. */
export function fill(settings) {
  for (const name of FIELDS) elements[name].value = settings[name] ?? "";
  forgetReplaced();
  showMessages({});
  update();
  form.scrollIntoView({ block: "nearest" });
  elements.prompt.focus();
}

function choose(target) {
  if (target.name === "size") [elements.width.value, elements.height.value] = target.value.split("x");
  if (target.name === "quality") {
    for (const [name, value] of Object.entries(state.qualities(limits)[target.value])) elements[name].value = value;
  }
}

function newSeed() {
  elements.seed.value = crypto.getRandomValues(new Uint32Array(1))[0] % (limits.maxSeed + 1);
  showMessages({});
  update();
  announce(`Seed ${elements.seed.value}`);
}

const isDraft = (draft) => FIELDS.every((name) => typeof draft[name] === "string");

function restoreDraft() {
  const draft = readDraft(isDraft);
  if (draft && !elements.prompt.value) for (const name of FIELDS) elements[name].value = draft[name];
  update();
}

/** Wire the form; `onSubmit()` is called each time that it is submitted. */
export function wireForm(onSubmit) {
  wireSubmit(form, onSubmit);
  form.addEventListener("input", ({ target }) => {
    choose(target);
    if (target === elements.prompt) forgetReplaced();
    showMessages({});
    update();
    if (target === elements.prompt) announce(find("prompt-count").textContent);
  });
  wireExamples(() => {
    showMessages({});
    update();
  });
  find("dice").addEventListener("click", newSeed);
  addEventListener("pageshow", update); // the browser may have put back what was typed before
  // It does not after a sign-in.
  keepDraft(() => (owner() ? Object.fromEntries(FIELDS.map((name) => [name, elements[name].value])) : undefined));
  owners.addEventListener("change", () => (owner() === null ? form.reset() : restoreDraft()));
  disableChoices();
  update();
}
