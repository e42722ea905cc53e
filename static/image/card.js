// The card of a job: its prompt, its progress, its images, and what can be done with it.

import { ApiError } from "./shared/api.js";
import { copyButton } from "./shared/clipboard.js";
import { element } from "./shared/dom.js";
import { sentence } from "./shared/errors.js";
import { icon } from "./shared/icons.js";
import { clearProblem, showProblem } from "./shared/problem.js";
import { drawGallery } from "./gallery.js";
import { downloadLink } from "./loading.js";
import { isOpen, isWatched, withSeed } from "./record.js";
import { durationWords, progressOf, requestBody, summary } from "./state.js";

// Loaded with the first images, which alone need it.
let viewer;

function button(label, iconName, onclick, kind = "quiet small", title = null) {
  return element("button", { type: "button", class: kind, onclick, title }, iconName && icon(iconName), label);
}

/** Show what went wrong with a job, which is not an error of a request. */
function drawReason(container, title, reason, ...buttons) {
  container.replaceChildren(
    icon("warning"),
    element(
      "div",
      {},
      element("h4", {}, title),
      element("p", {}, reason),
      element("div", { class: "toolbar" }, ...buttons),
    ),
  );
  container.hidden = false;
}

/** A card; `actions` are functions of the record: stop, watchAgain, sendAgain, retry, reuse, vary, close, renew. */
export class Card {
  #actions;
  #record;
  #note;
  #isOpen = false;
  #drawn = "";
  #title = element("h3", { tabindex: "-1" });
  #facts = element("p", { class: "hint facts" });
  #gallery = element("ul", { class: "gallery" });
  #foot = element("div", { class: "job-foot" });
  #problem = element("div", { class: "problem", hidden: true });
  #state = element("strong");
  #words = element("span", { class: "hint elapsed" });
  #bar = element("progress", { "aria-label": "Progress", max: "1" });
  #close = element("button", { type: "button", class: "icon-button" }, icon("close"));

  constructor(record, actions) {
    this.#actions = actions;
    this.#title.id = `job-${record.id}`;
    this.#title.textContent = record.settings.prompt.trim();
    this.#close.setAttribute("aria-label", `Close: ${record.settings.prompt.trim().slice(0, 40)}`);
    this.#close.addEventListener("click", () => actions.close(this.#record));
    this.element = element(
      "article",
      { class: "card job", "aria-labelledby": this.#title.id },
      element("div", { class: "job-head" }, element("div", {}, this.#title, this.#facts), this.#close),
      this.#gallery,
      this.#problem,
      this.#foot,
    );
  }

  get isLive() {
    return isWatched(this.#record);
  }

  get settings() {
    return this.#record.settings;
  }

  focus() {
    this.#title.focus();
  }

  /** Show the record as it is now. */
  update(record, note) {
    this.#record = record;
    this.#note = note;
    const drawn = `${record.status} ${record.watched}`;
    if (drawn !== this.#drawn) this.#draw(drawn);
  }

  #draw(drawn) {
    const hadFocus = this.#foot.contains(document.activeElement) || this.#problem.contains(document.activeElement);
    const wasOpen = this.#isOpen;
    this.#isOpen = isOpen(this.#record);
    const { status, settings, seed } = this.#record;
    this.#drawn = drawn;
    this.element.dataset.status = status.toLowerCase();
    this.element.setAttribute("aria-busy", String(this.isLive));
    this.#close.hidden = this.isLive;
    this.#facts.textContent = [summary(settings, seed ?? settings.seed), durationWords(this.#record)].filter(Boolean).join(" · ");
    this.#gallery.hidden = !this.#isOpen && this.#record.images.length === 0;
    if (!(wasOpen && this.#isOpen)) this.#drawGallery();
    this.#drawProblem();
    this.#foot.replaceChildren(...this.#footOf());
    this.#foot.hidden = this.#foot.childElementCount === 0;
    if (hadFocus && !this.#problem.contains(document.activeElement)) this.focus();
  }

  #drawGallery() {
    if (this.#record.images.length > 0) viewer ??= import("./viewer.js");
    drawGallery(this.#gallery, this.#record, { onOpen: (index) => this.#enlarge(index), renew: this.#actions.renew });
  }

  async #enlarge(index) {
    const { showLarge } = await viewer;
    const returnTo = (last) => this.#gallery.children[last]?.querySelector("a");
    showLarge(this.#record, index, { returnTo, renew: this.#actions.renew });
  }

  #drawProblem() {
    const record = this.#record;
    const { sendAgain, retry, reuse, watchAgain } = this.#actions;
    const change = button("Change the settings", "edit", () => reuse(record));
    clearProblem(this.#problem);
    if (record.status === "UNSENT") {
      showProblem(this.#problem, new ApiError("", record.error ?? {}), { onRetry: () => sendAgain(record), focus: false });
    } else if (record.status === "FAILED") {
      const again = button("Retry", "again", () => retry(record), "small");
      drawReason(this.#problem, "The images could not be made", sentence(record.error?.message) || "The reason is unknown.", again, change);
    } else if (record.status === "LOST") {
      const reason =
        "The service does not know this job, or no longer does: images are stored for a limited time. If the API URL in the settings has changed, change it back and look again.";
      const look = button("Look again", "eye", () => watchAgain(record));
      drawReason(this.#problem, "This job cannot be found", reason, button("Make it again", "again", () => retry(record), "small"), look);
    }
  }

  #footOf() {
    const { status, watched } = this.#record;
    if (status === "SUCCEEDED") return [this.#tools()];
    if (status === "UNSENT") return [button("Change the settings", "edit", () => this.#actions.reuse(this.#record))];
    if (!isOpen(this.#record)) return [];
    if (!watched) {
      const words = element("p", { class: "hint" }, "Not watched. The job continues, and its images are stored.");
      return [words, button("Watch again", "eye", () => this.#actions.watchAgain(this.#record))];
    }
    const stop = button(status === "SENDING" ? "Cancel" : "Stop watching", null, () => this.#actions.stop(this.#record));
    return [
      element("div", { class: "progress-words" }, element("span", { class: "spinner" }), element("p", {}, this.#state, " ", this.#words), stop),
      this.#bar,
    ];
  }

  #tools() {
    const record = this.#record;
    const { vary, reuse, renew } = this.#actions;
    const asJson = () => JSON.stringify(requestBody(withSeed(record)), null, 2);
    return element(
      "div",
      { class: "toolbar" },
      button("Variations", "vary", () => vary(record), "small"),
      button("Reuse", "edit", () => reuse(record), "quiet small", "Put these settings into the form"),
      record.images.length === 1 && downloadLink(record, { index: 0, renew }, { class: "button" }, "Download"),
      Number.isInteger(record.seed) && copyButton("Copy seed", () => String(record.seed)),
      copyButton("Copy settings", asJson),
    );
  }

  /** Show how far the job is by now. */
  tick(now, { estimate, wake }) {
    const { title, text, share } = progressOf(this.#record, { now, estimate, wake, note: this.#note });
    this.#state.textContent = title;
    this.#words.textContent = text && `· ${text}`;
    if (share === null) this.#bar.removeAttribute("value");
    else this.#bar.value = share;
  }
}
