// Not a module, so that it runs before the first paint: a page of the chosen theme must not flash in the other one, nor the
// form of a page on which nobody is signed in yet.
(function applyStored() {
  const { dataset } = document.documentElement;
  try {
    const prefix = "genai:" + new URL(".", document.baseURI).pathname + ":";
    if (localStorage.getItem(prefix + "access")) dataset.access = "closed";
    const { theme } = JSON.parse(localStorage.getItem(prefix + "settings")) || {};
    if (theme === "light" || theme === "dark") dataset.theme = theme;
  } catch {
    // Storage may be forbidden or hold anything; the system's theme is fine then.
  }
})();
