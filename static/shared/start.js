// The first steps of both pages: the configuration, the state of the model, the settings, the connection.

import { Config } from "./config.js";
import { announce, find } from "./dom.js";
import { Readiness } from "./readiness.js";
import { addSettings } from "./settings.js";

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

/** Start the page; resolves with its configuration and the readiness of its model, which `wakePath` of the API wakes. */
export async function start({ wakePath } = {}) {
  watchConnection(find("offline"));
  const config = await Config.load();
  const readiness = new Readiness(config, find("readiness"), { wakePath });
  if (config.model) find("model").textContent = config.model;
  addSettings(config, { button: find("settings-button"), onChange: () => readiness.check() });
  return { config, readiness };
}
