// What the live stream tells, on the page that is open.
import { celebrate, celebrateTold, moved } from "./celebrations.js";
import { lookUp, showNumbers } from "./counters.js";
import { follow } from "./stream.js";

export function setUpNews() {
  const place = document.querySelector("[data-toasts][data-stream]");
  if (!place) return;
  follow(place.dataset.stream, place.dataset.person, (kind, data) => heard[kind]?.(data));
  // Lessons of other kinds say it with the API's answer as `detail` (docs/live.md).
  document.addEventListener("cairn:session-finished", ({ detail }) => celebrate(detail ?? {}));
}

const heard = {
  achievement: (badge) => celebrateTold("achievement", badge),
  milestone: (milestone) => celebrateTold("milestone", milestone),
  notification(row) {
    document.body.dispatchEvent(new CustomEvent("cairn:look"));
    document.dispatchEvent(new CustomEvent("cairn:told", { detail: row }));
    if (row.id && !row.read_at) celebrateTold("notification", row);
  },
  stats(numbers) {
    showNumbers(numbers);
    moved();
  },
  studied() {
    document.body.dispatchEvent(new CustomEvent("cairn:studied"));
  },
  reset() {
    lookUp();
    moved();
  },
};
