// Filters and sorting: the focus stays where it was, and a lost connection offers another try.

export function setUpCourses(page) {
  let held = null;
  page.addEventListener("htmx:beforeSwap", ({ detail }) => {
    held = detail.target.id === "my-courses" || detail.target.id === "activity" ? where(document.activeElement) : null;
  });
  page.addEventListener("htmx:afterSettle", () => {
    if (held) page.querySelector(held)?.focus({ preventScroll: true });
    held = null;
  });
  for (const failure of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
    page.addEventListener(failure, ({ detail }) => offerRetry(page, detail));
  }
}

function where(element) {
  if (element?.id) return `#${element.id}`;
  const asks = element?.getAttribute("hx-get");
  return asks ? `[hx-get="${asks}"]` : null;
}

function offerRetry(page, { elt, target }) {
  page.querySelector("[data-failed-note]")?.remove();
  const note = document.createElement("div");
  note.dataset.failedNote = "";
  note.append(page.querySelector("[data-failed-words]").content.cloneNode(true));
  target.prepend(note);
  note.querySelector("[data-retry]").addEventListener("click", () => {
    note.remove();
    elt.matches("form") ? elt.dispatchEvent(new Event("change")) : elt.click();
  });
}
