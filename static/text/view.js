// The page's elements: shows what it is told, as text and never as HTML.

const find = (id) => document.getElementById(id);

export const form = find("form");
export const field = find("text");
export const copyButton = find("copy");

export function values() {
  const data = new FormData(form);
  return {
    mode: data.get("mode"),
    text: field.value,
    tokens: Number(data.get("tokens")),
    temperature: Number(data.get("temperature")),
  };
}

export function showModel(name) {
  if (name) find("model").textContent = name;
}

export function showCount(length, longest) {
  find("count").textContent = `${length} of at most ${longest} characters`;
}

export function showProblem(message) {
  find("text-error").textContent = message;
  field.setAttribute("aria-invalid", String(Boolean(message)));
  if (message) field.focus();
}

export function showStatus(message, kind = "") {
  const status = find("status");
  status.textContent = message;
  status.dataset.kind = kind;
}

export function setBusy(busy) {
  find("fields").disabled = busy;
  find("submit").disabled = busy;
  form.setAttribute("aria-busy", String(busy));
}

export function showResult(answer, facts) {
  find("answer").textContent = answer;
  find("facts").textContent = facts;
  find("result").hidden = false;
  find("result").focus();
}

export function answerText() {
  return find("answer").textContent;
}
