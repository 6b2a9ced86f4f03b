// Runs before the first paint, so that a chosen theme never flashes the other one.
(() => {
  const root = document.documentElement;
  root.dataset.js = "";
  try {
    const theme = localStorage.getItem("cairn.theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    if (localStorage.getItem("cairn.reading") === "serif") root.dataset.reading = "serif";
    if (localStorage.getItem("cairn.talk-side") === "hidden") root.dataset.talkSide = "hidden";
    // The panel beside lessons stays open from one to the next: its column is there from the first paint.
    if (sessionStorage.getItem("cairn.talk.open") && matchMedia("(min-width: 75rem)").matches) root.dataset.talk = "open";
  } catch {
    // No storage: the system's theme is used.
  }
})();
