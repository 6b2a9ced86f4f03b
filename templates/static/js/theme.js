// Runs before the first paint, so that a chosen theme never flashes the other one.
(() => {
  const root = document.documentElement;
  root.dataset.js = "";
  try {
    const theme = localStorage.getItem("cairn.theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    if (localStorage.getItem("cairn.reading") === "serif") root.dataset.reading = "serif";
  } catch {
    // No storage: the system's theme is used.
  }
})();
