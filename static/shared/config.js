// The deployment's configuration, which lies beside the page.

const DEFAULTS = { appName: "", apiUrl: "api", model: "", limits: {} };

/** Return config.json over the defaults; a page without one works with its own origin's API. */
export async function loadConfig() {
  try {
    const response = await fetch("config.json", { cache: "no-cache" });
    return response.ok ? { ...DEFAULTS, ...(await response.json()) } : DEFAULTS;
  } catch {
    return DEFAULTS;
  }
}
