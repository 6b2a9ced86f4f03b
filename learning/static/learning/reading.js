// How a lesson reads: serif text by choice, wide code and tables that a keyboard can scroll, the outline at its place.
const KEY = "cairn.reading";
const root = document.documentElement;
const button = document.querySelector("[data-reading-switch]");

if (button) {
  button.setAttribute("aria-pressed", String(root.dataset.reading === "serif"));
  button.addEventListener("click", () => {
    const serif = root.dataset.reading !== "serif";
    if (serif) root.dataset.reading = "serif";
    else delete root.dataset.reading;
    button.setAttribute("aria-pressed", String(serif));
    try {
      if (serif) localStorage.setItem(KEY, "serif");
      else localStorage.removeItem(KEY);
    } catch {
      // Without storage the choice lasts for this page.
    }
  });
}

for (const wide of document.querySelectorAll(".prose pre, .prose table")) {
  if (wide.scrollWidth > wide.clientWidth) wide.tabIndex = 0;
}

const panel = document.querySelector("[data-outline]");
const here = panel?.querySelector("[data-here]");
const bringIntoView = () => {
  if (here) panel.scrollTop = here.offsetTop - panel.clientHeight / 3;
};
panel?.addEventListener("toggle", bringIntoView);
bringIntoView();
