// Makes the catalogue's form quieter: clean addresses, chips that show what is set, a way back from a lost connection.
const form = document.querySelector("[data-catalogue]");
const results = document.getElementById("results");

form.addEventListener("htmx:configRequest", ({ detail }) => {
  for (const [name, value] of [...new FormData(form)]) if (!value) delete detail.parameters[name];
});
form.addEventListener("change", showWhatIsSet);
form.addEventListener("submit", (event) => event.preventDefault());
for (const failure of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  form.addEventListener(failure, offerRetry);
}
showWhatIsSet();

function showWhatIsSet() {
  for (const select of form.querySelectorAll(".filter-chip:not(.sort) select")) {
    select.closest(".filter-chip").classList.toggle("is-set", select.value !== "");
  }
}

function offerRetry() {
  results.replaceChildren(document.getElementById("results-failed").content.cloneNode(true));
  results.querySelector("[data-retry]").addEventListener("click", () => form.dispatchEvent(new Event("change")));
}
