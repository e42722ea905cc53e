// Light, dark, or as the system has it. first-paint.js does the same before anything is drawn.

export function applyTheme(theme) {
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
}
