// The gallery: the images of a job, or the places where they will be.

import { element } from "./shared/dom.js";
import { downloadLink, loadImage } from "./loading.js";
import { altText, imageUrl } from "./record.js";

const TALLEST_REM = 36;

/** Give a tile its image's shape before the image is there, so that nothing moves when it comes. */
function shape(tile, { width, height }, isAlone) {
  tile.style.aspectRatio = `${width} / ${height}`;
  if (isAlone) tile.style.maxWidth = `min(100%, ${width}px, ${((TALLEST_REM * width) / height).toFixed(2)}rem)`;
  return tile;
}

function missing() {
  return element("p", { class: "missing" }, "This image cannot be loaded. It may have expired.");
}

function tile(record, index, { onOpen, renew }) {
  const image = record.images[index];
  const url = imageUrl(image.url);
  const isAlone = record.images.length === 1;
  const item = shape(element("li", { class: "tile" }), image, isAlone);
  if (!url) {
    item.append(missing());
    return item;
  }
  const open = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return; // the browser's own way to open a link elsewhere
    event.preventDefault();
    onOpen(index);
  };
  const img = element("img", { alt: altText(record, index), width: image.width, height: image.height, decoding: "async" });
  loadImage(img, record, { index, renew, onMissing: () => item.replaceChildren(missing()) });
  item.append(element("a", { href: url, class: "enlarge", title: "Show large", onclick: open }, img));
  if (isAlone) return item; // which has a button below it
  const label = `Download image ${index + 1}`;
  item.append(downloadLink(record, { index, renew }, { class: "download", "aria-label": label, title: "Download" }));
  return item;
}

/**
 * Draw the images of a job that has them, or the places for those that it will have; `onOpen(index)` is called for the one
 * that was chosen, `renew(record)` for URLs that have ended.
 */
export function drawGallery(list, record, actions) {
  const { settings, images } = record;
  const number = images.length || settings.num_images;
  list.dataset.count = number === 1 ? "one" : "several";
  list.dataset.waits = images.length === 0;
  list.setAttribute("aria-hidden", String(images.length === 0));
  const places = Array.from({ length: number }, (_, index) =>
    images.length
      ? tile(record, index, actions)
      : shape(element("li", { class: "tile" }), settings, number === 1),
  );
  list.replaceChildren(...places);
}
