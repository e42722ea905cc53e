// The notice about a model that does not serve at once, with the time that has passed.

import { announce, element } from "./dom.js";

/** A notice in its container; `progress(now)` of what it shows returns `{text, share, isLate}`. */
export class Notice {
  #container;
  #title = element("strong");
  #explanation = element("span");
  #elapsed = element("p", { class: "elapsed" });
  #bar = element("progress", { "aria-label": "Waking", max: "1" });
  #clock;
  #wasLate = false;

  constructor(container) {
    this.#container = container;
    const words = element("p", {}, this.#title, " ", this.#explanation);
    container.replaceChildren(element("span", { class: "pulse" }), element("div", {}, words, this.#bar, this.#elapsed));
  }

  get isShown() {
    return !this.#container.hidden;
  }

  /** Show these words; `ready` is whether requests are taken all the same. */
  show({ state, ready }, [title, explanation], progress) {
    const isNew = !this.isShown || this.#title.textContent !== `${title}.`;
    this.#title.textContent = `${title}.`;
    this.#explanation.textContent = explanation;
    Object.assign(this.#container.dataset, { state, ready });
    this.#container.hidden = false;
    this.#bar.hidden = state !== "waking";
    clearInterval(this.#clock);
    this.#elapsed.textContent = "";
    if (progress) {
      this.#clock = setInterval(() => this.#tick(progress), 1000);
      this.#tick(progress);
    }
    if (isNew) announce(`${title}. ${explanation}`);
  }

  #tick(progress) {
    const { text, share, isLate = false } = progress(Date.now());
    this.#elapsed.textContent = `${text}.`;
    if (share == null) this.#bar.removeAttribute("value");
    else this.#bar.value = share;
    if (isLate && !this.#wasLate) announce("The model takes longer than usual to wake.");
    this.#wasLate = isLate;
  }

  hide() {
    clearInterval(this.#clock);
    if (this.isShown) announce("The model is ready.");
    this.#container.hidden = true;
  }
}
