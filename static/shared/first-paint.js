// Not a module, so that it runs before the first paint: a page of the chosen theme must not flash in the other one.
(function applyStoredTheme() {
  try {
    const folder = new URL(".", document.baseURI).pathname;
    const { theme } = JSON.parse(localStorage.getItem("genai:" + folder + ":settings")) || {};
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch {
    // Storage may be forbidden or hold anything; the system's theme is fine then.
  }
})();
