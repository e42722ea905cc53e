// The page's configuration: that of the deployment (config.json, beside the page), and over it the person's own.

import { read, write } from "./storage.js";

export const THEMES = ["auto", "light", "dark"];
export const RANGES = { timeoutSeconds: [5, 300], retries: [0, 5] };
const SETTINGS = "settings";
const DEPLOYMENT = { appName: "", apiUrl: "api", model: "", limits: {} };
// The API itself answers within 29 seconds; the rest is for slow connections.
const PERSONAL = { timeoutSeconds: 70, retries: 3, theme: "auto" };

function addressProblem(address) {
  if (typeof address !== "string" || address.trim() === "") return "Enter the address of the API.";
  let url;
  try {
    url = new URL(address.trim(), document.baseURI);
  } catch {
    return "This is not an address; “api” or “https://…/prod” would be.";
  }
  if (!["http:", "https:"].includes(url.protocol)) return "The address has to start with https:// or be a path.";
  if (url.search || url.hash) return "The address must not have a ? or # part.";
  if (url.username || url.password) return "The address must not have a user name or password in it.";
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
    const response = await fetch("config.json");
    const told = response.ok ? await response.json() : {};
    const limits = typeof told.limits === "object" ? told.limits : {};
    return { ...DEPLOYMENT, ...told, limits: limits ?? {} };
  } catch {
    return DEPLOYMENT; // a page without one works with its own origin's API
  }
}

/** What the page works with: `appName`, `apiUrl`, `model`, `limits`, `timeoutSeconds`, `retries`, `theme`. */
export class Config {
  #defaults;

  constructor(deployment = {}, kept = {}) {
    this.#defaults = { ...DEPLOYMENT, ...PERSONAL, ...deployment };
    Object.assign(this, this.#defaults);
    for (const [field, check] of Object.entries(CHECKS)) {
      if (kept?.[field] !== undefined && !check(kept[field])) this[field] = kept[field];
    }
  }

  static async load() {
    return new Config(await fetchDeployment(), read(SETTINGS));
  }

  /** Return the URL of a path of the API, whether that lies beside the page or elsewhere. */
  url(path) {
    return new URL(`${this.apiUrl.trim().replace(/\/+$/, "")}/${path.replace(/^\/+/, "")}`, document.baseURI).href;
  }

  /** Return what is wrong with settings: field to sentence. */
  problems(values) {
    const found = Object.entries(CHECKS).map(([field, check]) => [field, field in values ? check(values[field]) : ""]);
    return Object.fromEntries(found.filter(([, sentence]) => sentence));
  }

  /** Take these settings over, and keep those that are not the defaults; returns whether they could be kept. */
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
