// The form: its values, what follows from them, and its messages.

import { lengthOf } from "./shared/characters.js";
import { announce, find } from "./shared/dom.js";
import { count, number } from "./shared/format.js";
import { forgetReplaced, wireExamples } from "./examples.js";
import * as request from "./request.js";
import { about } from "./words.js";

const form = find("form");
const { elements } = form;
const NUMBERS = ["width", "height", "num_inference_steps", "guidance_scale", "num_images"];
const FIELDS = ["prompt", "negative_prompt", ...NUMBERS, "seed"];
// What belongs to a field that is folded away.
const FOLDED = ["negative_prompt", "width", "height", "num_inference_steps", "guidance_scale", "seed"];
let limits = request.LIMITS;
let estimateFor = () => null;

/** Return a number, or NaN for what is none; a seed may be left empty. */
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

function showMeanings(settings) {
  const meanings = {
    num_inference_steps: [count(settings.num_inference_steps, "step"), request.stepsWords(settings.num_inference_steps)],
    guidance_scale: [settings.guidance_scale.toFixed(1), request.guidanceWords(settings.guidance_scale)],
  };
  for (const [name, [exact, meaning]] of Object.entries(meanings)) {
    find(`${name}-value`).textContent = exact;
    find(`${name}-about`).textContent = meaning;
    elements[name].setAttribute("aria-valuetext", `${exact}, ${meaning}`);
  }
}

function showWork(settings) {
  const share = request.pixelSteps(settings) / limits.maxPixelSteps;
  const problem = request.workProblem(settings, limits);
  const seconds = estimateFor(settings);
  const known = Number.isFinite(share);
  find("work").value = known ? Math.min(1, share) : 0;
  find("work").classList.toggle("over", Boolean(problem));
  find("work-share").textContent = known ? `${number(Math.ceil(share * 100))}% of what one job may take` : "";
  find("work-time").textContent = seconds && !problem ? `This takes ${about(seconds)}, judging by your earlier jobs.` : "";
  find("work-error").textContent = problem;
}

/** Check the radio button of this value, or none. */
function mark(choices, value) {
  for (const choice of choices) choice.checked = choice.value === value;
}

/** Bring all that depends on the values up to date. */
export function update() {
  const settings = values();
  mark(elements.size, `${settings.width}x${settings.height}`);
  mark(elements.quality, request.qualityOf(settings));
  const { promptMaxCharacters: most } = limits;
  for (const name of ["prompt", "negative_prompt"]) {
    const length = lengthOf(settings[name]);
    find(`${name}-count`).textContent = `${number(length)} of ${number(most)} characters`;
    find(`${name}-count`).classList.toggle("over", length > most);
  }
  showMeanings(settings);
  showWork(settings);
  const seed = settings.seed === null ? "new seed" : `seed ${elements.seed.value.trim()}`;
  const { num_inference_steps: steps, guidance_scale: guidance, negative_prompt: negative } = settings;
  const parts = [count(steps, "step"), `guidance ${guidance}`, seed, negative.trim() && "something left out"];
  find("more-summary").textContent = parts.filter(Boolean).join(", ");
}

export function setLimits(told) {
  limits = request.limitsOf(told);
  elements.num_inference_steps.max = limits.maxSteps;
  for (const side of ["width", "height"]) elements[side].max = limits.maxPixelsSide;
  for (const choice of elements.num_images) choice.disabled = Number(choice.value) > limits.maxImages;
  for (const choice of elements.size) {
    choice.disabled = choice.value.split("x").some((side) => Number(side) > limits.maxPixelsSide);
  }
  update();
}

/** Have the form tell how long a job takes; `estimate(settings)` returns seconds or null. */
export function setEstimate(estimate) {
  estimateFor = estimate;
  update();
}

/** Show messages beside their fields (field to sentence), and take the person to the first. */
export function showMessages(messages) {
  for (const name of FIELDS) {
    find(`${name}-error`).textContent = messages[name] ?? "";
    const control = elements[name];
    if (control instanceof Element) control.setAttribute("aria-invalid", String(name in messages));
  }
  elements.num_inference_steps.setAttribute("aria-invalid", String("num_inference_steps" in messages || "work" in messages));
  const first = [...FIELDS, "work"].find((name) => name in messages);
  if (!first) return;
  if (FOLDED.includes(first) || first === "work") find("more").open = true;
  const control = elements[first === "work" ? "num_inference_steps" : first];
  (control instanceof Element ? control : control[0]).focus();
}

/** Return whether the values can be sent; if not, the form says why. */
export function check() {
  const found = request.problems(values(), limits);
  showMessages(found);
  return Object.keys(found).length === 0;
}

let focused;

/** While a request is sent nothing can be changed; the focus stays where it was. */
export function setBusy(busy) {
  if (busy) focused = document.activeElement;
  find("fields").disabled = busy;
  find("submit").setAttribute("aria-disabled", String(busy));
  form.setAttribute("aria-busy", String(busy));
  if (!busy && document.activeElement === document.body) focused?.focus({ preventScroll: true });
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
    for (const [name, value] of Object.entries(request.QUALITIES[target.value])) elements[name].value = value;
  }
}

function newSeed() {
  elements.seed.value = crypto.getRandomValues(new Uint32Array(1))[0];
  showMessages({});
  update();
  announce(`Seed ${elements.seed.value}`);
}

/** Wire the form; `onSubmit` is called at each wish to send it. */
export function wireForm(onSubmit) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    onSubmit();
  });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.repeat) return;
    event.preventDefault();
    onSubmit();
  });
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
  if (/Mac|iPhone|iPad/.test(navigator.platform)) find("modifier").textContent = "⌘";
  update();
}
