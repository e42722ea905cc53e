// The page's configuration: that of the deployment (config.json, beside the page), and over it the person's settings.

import { find } from "./dom.js";
import { read, write } from "./storage.js";

export const THEMES = ["auto", "light", "dark"];
export const RANGES = { timeoutSeconds: [5, 300], retries: [0, 5] };
const SETTINGS = "settings";
const CONFIG_TIMEOUT_MS = 10_000;
const DEPLOYMENT = { appName: "", apiUrl: "api", model: "" };
// The API itself responds within 29 seconds; the rest is for slow connections.
const PERSONAL = { timeoutSeconds: 70, retries: 3, theme: "auto" };

function addressProblem(address) {
  if (typeof address !== "string" || address.trim() === "") return "Enter the address of the API.";
  let url;
  try {
    url = new URL(address.trim(), document.baseURI);
  } catch {
    return "This is not an address. Examples are “api” and “https://…/prod”.";
  }
  if (!["http:", "https:"].includes(url.protocol)) return "The address must start with https:// or be a path.";
  if (url.search || url.hash) return "The address must not contain a ? or #.";
  if (url.username || url.password) return "The address must not contain a user name or password.";
  const here = new URL(document.baseURI);
  if (here.protocol === "https:" && url.protocol === "http:") return "A secure page can only call an https:// address.";
  return "";
}

function numberProblem(value, [least, most], unit) {
  if (Number.isInteger(value) && value >= least && value <= most) return "";
  return `Enter a whole number of ${unit} from ${least} to ${most}.`;
}

const CHECKS = {
  apiUrl: addressProblem,
  timeoutSeconds: (value) => numberProblem(value, RANGES.timeoutSeconds, "seconds"),
  retries: (value) => numberProblem(value, RANGES.retries, "retries"),
  theme: (value) => (THEMES.includes(value) ? "" : "Choose one of the themes."),
};

async function fetchDeployment() {
  try {
    const response = await fetch("config.json", { signal: AbortSignal.timeout(CONFIG_TIMEOUT_MS) });
    if (response.ok) return { ...DEPLOYMENT, ...(await response.json()) };
  } catch {
    // a page without one works with its own origin's API
  }
  return { ...DEPLOYMENT, isUnknown: true };
}

/** Return the API's limits on requests, which are written into the page when it is published: name to number. */
export function readLimits() {
  return JSON.parse(find("limits").textContent);
}

/**
 * The configuration: `appName`, `apiUrl`, `model`, `timeoutSeconds`, `retries`, `theme`; `auth` where the API knows its
 * callers, whose `session` then sends the requests. `deployment` has no settings of a person's in it.
 */
export class Config {
  #defaults;

  /** `deployment` is `config.json`; `stored` the person's settings. */
  constructor(deployment = {}, stored = {}) {
    this.deployment = { ...DEPLOYMENT, ...deployment };
    this.#defaults = { ...DEPLOYMENT, ...PERSONAL, ...deployment };
    Object.assign(this, this.#defaults);
    for (const [field, check] of Object.entries(CHECKS)) {
      if (stored?.[field] !== undefined && !check(stored[field])) this[field] = stored[field];
    }
  }

  static async load() {
    return new Config(await fetchDeployment(), read(SETTINGS));
  }

  /** Return the URL of a path of the API, whether that lies beside the page or elsewhere. */
  url(path) {
    return new URL(`${this.apiUrl.trim().replace(/\/+$/, "")}/${path.replace(/^\/+/, "")}`, document.baseURI).href;
  }

  /** Return the problems of settings: field to sentence. */
  problems(values) {
    const found = Object.entries(CHECKS).map(([field, check]) => [field, field in values ? check(values[field]) : ""]);
    return Object.fromEntries(found.filter(([, sentence]) => sentence));
  }

  /** Use these settings from now on, and store those that are not the defaults; returns whether that worked. */
  save(values) {
    const fields = Object.keys(CHECKS);
    for (const field of fields) if (field in values) this[field] = values[field];
    const own = fields.filter((field) => this[field] !== this.#defaults[field]);
    return write(SETTINGS, own.length ? Object.fromEntries(own.map((field) => [field, this[field]])) : undefined);
  }

  reset() {
    return this.save(this.#defaults);
  }
}
