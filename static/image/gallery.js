// The gallery: the images of a job, or the places where they will be.

import { element } from "./shared/dom.js";
import { icon } from "./shared/icons.js";
import { altText, fileName, imageUrl } from "./record.js";

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

/** Make a link download an image, under a name that says what it shows. */
export function pointDownload(link, record, index) {
  link.href = imageUrl(record.images[index].url);
  link.download = fileName(record, index);
  return link;
}

/** Return a link to download an image. */
export function downloadLink(record, index, properties, ...words) {
  return pointDownload(element("a", properties, icon("download"), ...words), record, index);
}

function tile(record, index, onOpen) {
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
  const img = element("img", {
    src: url,
    alt: altText(record, index),
    width: image.width,
    height: image.height,
    decoding: "async",
    onerror: () => item.replaceChildren(missing()),
  });
  item.append(element("a", { href: url, class: "enlarge", title: "Show large", onclick: open }, img));
  if (isAlone) return item; // which has a button below it
  const label = `Download image ${index + 1}`;
  item.append(downloadLink(record, index, { class: "download", "aria-label": label, title: "Download" }));
  return item;
}

/** Draw the images of a job that has them, or the places for those that it will have. */
export function drawGallery(list, record, onOpen) {
  const { settings, images } = record;
  const number = images.length || settings.num_images;
  list.dataset.count = number === 1 ? "one" : "several";
  list.dataset.waits = images.length === 0;
  list.setAttribute("aria-hidden", String(images.length === 0));
  const places = Array.from({ length: number }, (_, index) =>
    images.length
      ? tile(record, index, onOpen)
      : shape(element("li", { class: "tile" }), settings, number === 1),
  );
  list.replaceChildren(...places);
}
