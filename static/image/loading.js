// Images as they are loaded and downloaded. The URLs of private ones end, so what fails is tried once more with new ones.

import { announce, element } from "./shared/dom.js";
import { icon } from "./shared/icons.js";
import { fileName, imageUrl, isPrivate } from "./record.js";

/**
 * Load an image of a job into an element: its `url` or its `thumbnail`.
 *
 * `renew(record)` resolves with the record with new URLs, or undefined; `onMissing()` is called when there is no image.
 */
export function loadImage(img, record, { index = 0, kind = "url", renew, onMissing }) {
  const url = record.images[index][kind];
  img.onerror = async () => {
    img.onerror = onMissing;
    const renewed = isPrivate(url) ? await renew(record) : undefined;
    const next = imageUrl(renewed?.images[index]?.[kind] ?? "");
    if (next) img.src = next;
    else onMissing();
  };
  img.src = imageUrl(url);
  return img;
}

/** Download from another origin: the service names the file, and only a URL that is new is sure to work. */
async function downloadPrivate(record, index, renew) {
  const renewed = await renew(record);
  const href = imageUrl(renewed?.images[index]?.download ?? "");
  if (href) element("a", { href }).click();
  else announce("The image cannot be downloaded now. It may have expired.");
}

/** Make a link download an image, under a name that says what it shows. */
export function pointDownload(link, record, { index, renew }) {
  const { url } = record.images[index];
  link.href = imageUrl(url);
  link.onclick = null;
  if (isPrivate(url)) {
    link.removeAttribute("download");
    link.onclick = (event) => {
      event.preventDefault();
      downloadPrivate(record, index, renew);
    };
  } else {
    link.download = fileName(record, index);
  }
  return link;
}

/** Return a link to download an image. */
export function downloadLink(record, { index, renew }, properties, ...words) {
  return pointDownload(element("a", properties, icon("download"), ...words), record, { index, renew });
}
