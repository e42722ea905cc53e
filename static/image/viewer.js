// The large view of an image: a dialog in which the arrow keys lead to the job's other images.

import { element } from "./shared/dom.js";
import { icon } from "./shared/icons.js";
import { loadImage, pointDownload } from "./loading.js";
import { altText } from "./record.js";
import { summary } from "./state.js";

let dialog;
let shown;

function step(by) {
  const { record, index } = shown;
  show(record, (index + by + record.images.length) % record.images.length);
}

function arrow(by, name, label) {
  return element("button", { type: "button", class: "icon-button arrow", "aria-label": label, onclick: () => step(by) }, icon(name));
}

function build() {
  const close = element(
    "button",
    { type: "button", class: "icon-button", "aria-label": "Close", autofocus: true, onclick: () => dialog.close() },
    icon("close"),
  );
  const download = element("a", { class: "button" }, icon("download"), "Download");
  dialog = element(
    "dialog",
    { class: "viewer", "aria-label": "Image" },
    element("div", { class: "viewer-head" }, element("p", { role: "status" }), download, close),
    element("div", { class: "viewer-image" }, arrow(-1, "back", "Previous image"), element("figure"), arrow(1, "forward", "Next image")),
    element("p", { class: "viewer-words" }),
  );
  dialog.addEventListener("keydown", ({ key }) => {
    if (key === "ArrowLeft") step(-1);
    if (key === "ArrowRight") step(1);
  });
  // A click beside the image closes it, as in other viewers.
  dialog.addEventListener("click", ({ target }) => {
    if (target === dialog || target.matches(".viewer-image, figure")) dialog.close();
  });
  dialog.addEventListener("close", () => shown.returnTo(shown.index)?.focus());
  document.body.append(dialog);
}

function show(record, index) {
  shown = { ...shown, record, index };
  const image = record.images[index];
  const part = (selector) => dialog.querySelector(selector);
  const { renew } = shown;
  const img = element("img", { alt: altText(record, index), width: image.width, height: image.height });
  loadImage(img, record, { index, renew, onMissing: () => img.replaceWith(element("p", {}, "This image cannot be loaded.")) });
  // As large as the window allows, with the words around it.
  img.style.width = `min(100%, (100dvh - 12.5rem) * ${(image.width / image.height).toFixed(4)})`;
  part("figure").replaceChildren(img);
  part("[role=status]").textContent = `Image ${index + 1} of ${record.images.length}`;
  pointDownload(part("a.button"), record, { index, renew });
  part(".viewer-words").replaceChildren(
    element("strong", {}, record.settings.prompt.trim()),
    element("span", {}, summary(record.settings, record.seed ?? null)),
  );
  dialog.dataset.alone = record.images.length === 1;
}

/**
 * Show an image; `returnTo(index)` is the element that has the focus when the dialog is closed, `renew(record)` is called
 * for URLs that have ended.
 */
export function showLarge(record, index, { returnTo, renew }) {
  if (!dialog) build();
  shown = { returnTo, renew };
  show(record, index);
  dialog.showModal();
}
