// The page's elements: shows what it is told, as text and never as HTML.

import { checkedUrl } from "./state.js";

const find = (id) => document.getElementById(id);

export const form = find("form");

export function values() {
  return Object.fromEntries(new FormData(form));
}

export function showModel(name) {
  if (name) find("model").textContent = name;
}

export function showProblem(message) {
  const prompt = find("prompt");
  find("prompt-error").textContent = message;
  prompt.setAttribute("aria-invalid", String(Boolean(message)));
  if (message) prompt.focus();
}

export function showStatus(message, kind = "") {
  const status = find("status");
  status.textContent = message;
  status.dataset.kind = kind;
}

export function setBusy(busy) {
  find("fields").disabled = busy;
  find("submit").disabled = busy;
  find("progress").hidden = !busy;
  form.setAttribute("aria-busy", String(busy));
}

function picture(image, number, job) {
  const item = document.createElement("li");
  const link = document.createElement("a");
  const thumbnail = document.createElement("img");
  link.href = checkedUrl(image.url);
  thumbnail.src = checkedUrl(image.thumbnail_url);
  thumbnail.alt = `${job.prompt} (image ${number + 1} of ${job.images.length})`;
  thumbnail.width = image.width;
  thumbnail.height = image.height;
  link.append(thumbnail);
  item.append(link);
  return item;
}

export function showJob(job) {
  find("gallery").replaceChildren(...job.images.map((image, number) => picture(image, number, job)));
  find("facts").textContent = `Seed ${job.seed}`;
  find("result").hidden = false;
  find("result").focus();
}
