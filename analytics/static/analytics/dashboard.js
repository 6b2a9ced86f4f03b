// My learning: numbers that count up, the activity chart, filters that survive a lost connection, and news from elsewhere.
import { setUpActivity } from "./activity.js";
import { follow } from "./live.js";
import { countUp } from "./numbers.js";
import { setUpCourses } from "./courses.js";
import { setUpTour } from "./tour.js";

const page = document.querySelector("[data-dashboard]");

follow(page);
countUp(page);
setUpActivity(page);
setUpCourses(page);
setUpTour();

// A tip that hover or focus shows goes away with Escape, and comes back with the next hover or focus.
document.addEventListener("keydown", ({ key }) => {
  if (key === "Escape") for (const card of page.querySelectorAll(".figure")) card.dataset.quiet = "";
});
for (const event of ["pointerover", "focusin"]) {
  page.addEventListener(event, ({ target, relatedTarget }) => {
    const card = target.closest(".figure");
    if (card && !card.contains(relatedTarget)) delete card.dataset.quiet;
  });
}
