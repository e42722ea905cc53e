// The first steps of both pages: the configuration, who may use it, the state of the model, the settings, the connection.

import { Config } from "./config.js";
import { announce, find } from "./dom.js";
import { changeOwner, owner, owners } from "./owner.js";
import { Readiness } from "./readiness.js";
import { addSettings } from "./settings.js";
import { read, write } from "./storage.js";

const ACCESS = "access"; // first-paint.js reads it

/** Show the notice while the browser is offline. */
function watchConnection(notice) {
  const show = () => {
    if (notice.hidden === navigator.onLine) return;
    notice.hidden = navigator.onLine;
    announce(navigator.onLine ? "You are online again." : notice.textContent);
  };
  addEventListener("online", show);
  addEventListener("offline", show);
  show();
}

/** Return what a sign-in has sent back, and take it out of the address at once. */
function takeSearch() {
  const { search, pathname } = location;
  if (!new URLSearchParams(search).has("state")) return "";
  history.replaceState(null, "", pathname);
  return search;
}

/** Resolve when the page may be used: at once where nobody signs in, else when somebody has. */
async function enter(config, search) {
  if (!config.auth && !(config.deployment.isUnknown && read(ACCESS))) {
    delete document.documentElement.dataset.access;
    if (read(ACCESS)) write(ACCESS, undefined);
    if (owner() === null) changeOwner("");
    return;
  }
  document.documentElement.dataset.access = "closed";
  write(ACCESS, true);
  changeOwner(null);
  try {
    const { openSession } = await import("./session/open.js");
    await openSession(config, search);
  } catch {
    find("access").textContent = "This page could not be loaded as a whole. Check your connection, then reload it.";
    await new Promise(() => {});
  }
}

/** Start the page; resolves with its configuration and the readiness of its model, which `wakePath` of the API wakes. */
export async function start({ wakePath } = {}) {
  const search = takeSearch();
  watchConnection(find("offline"));
  const config = await Config.load();
  let readiness;
  if (config.model) find("model").textContent = config.model;
  addSettings(config, { button: find("settings-button"), onChange: () => readiness?.check() });
  await enter(config, search);
  readiness = new Readiness(config, find("readiness"), { wakePath });
  owners.addEventListener("change", () => owner() !== null && readiness.check());
  return { config, readiness };
}
