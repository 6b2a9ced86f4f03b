// Numbers of the learner on any page: streak and XP in the header, and every element with `data-counter` (docs/live.md).
const NUMBERS = {
  "total-sessions": ({ stats }) => stats.total_sessions,
  "today-sessions": ({ stats }) => stats.today_sessions,
  "weekly-sessions": ({ stats }) => stats.weekly_sessions,
  streak: ({ stats }) => stats.current_streak,
  "longest-streak": ({ stats }) => stats.longest_streak,
  "average-score": ({ stats }) => stats.average_score,
  "daily-progress": ({ goals }) => [goals.daily_progress, goals.daily_goal],
  "weekly-progress": ({ goals }) => [goals.weekly_progress, goals.weekly_goal],
  level: ({ level }) => level.level,
  xp: ({ level }) => level.xp,
};
const PIECES = { streak: "streaks", "longest-streak": "streaks", level: "xp", xp: "xp" };
let told = 0;

export async function loadCounters() {
  const place = document.querySelector("[data-counters][data-from]");
  if (document.querySelector("[data-counter]")) lookUp();
  if (!place) return;
  try {
    const answer = await fetch(place.dataset.from, { headers: { "X-Requested-With": "fetch" } });
    if (answer.ok && !answer.redirected) place.innerHTML = await answer.text();
  } catch {
    // Offline: the header does without.
  }
}

// Asks for the numbers as they are and shows them; null where they can't be had. What the stream tells in the meantime
// is newer, and stays.
export async function lookUp() {
  const address = document.querySelector("[data-toasts]")?.dataset.numbers;
  const before = told;
  try {
    const answer = address && (await fetch(address, { headers: { Accept: "application/json" }, cache: "no-store" }));
    if (!answer?.ok) return null;
    const numbers = await answer.json();
    if (before === told) showNumbers(numbers);
    return numbers;
  } catch {
    return null;
  }
}

// `numbers` is what the event `stats` tells.
export function showNumbers(numbers) {
  told += 1;
  for (const place of document.querySelectorAll("[data-counter]")) show(place, numbers);
  setStreak(numbers.stats.current_streak);
  setXp(numbers.level.xp);
  hide("[data-streak-chip]", !numbers.shown.streaks);
  hide("[data-xp-chip]", !numbers.shown.xp);
}

function show(place, numbers) {
  const name = place.dataset.counter;
  const found = NUMBERS[name]?.(numbers);
  if (found === undefined) return;
  place.hidden = numbers.shown[PIECES[name]] === false;
  const [value, goal] = [found].flat();
  if (place.localName === "progress") {
    place.max = goal ?? place.max;
    place.value = Math.min(value ?? 0, place.max);
    return;
  }
  const text = goal === undefined ? spoken(value) : `${spoken(value)}/${spoken(goal)}`;
  if (place.textContent !== text) place.textContent = text;
}

function spoken(value) {
  return value === null ? "–" : value.toLocaleString(document.documentElement.lang);
}

function hide(chip, isHidden) {
  for (const found of document.querySelectorAll(chip)) found.hidden = isHidden;
}

export function setXp(amount) {
  const shown = document.querySelector("[data-xp]");
  if (!shown || shown.textContent === String(amount)) return;
  shown.textContent = amount;
  pop(shown.closest("[data-xp-chip]"));
}

export function addXp(amount) {
  const shown = document.querySelector("[data-xp]");
  if (shown && amount) setXp(Number(shown.textContent) + amount);
}

// `days` is what the API answers; null says that the request did not touch it.
export function setStreak(days) {
  const shown = document.querySelector("[data-streak]");
  if (!shown || days === undefined || days === null || shown.textContent === String(days)) return;
  shown.textContent = days;
  const chip = shown.closest("[data-streak-chip]");
  chip.classList.toggle("chip-amber", days > 0);
  chip.classList.toggle("chip-asleep", days === 0);
  pop(chip);
}

function pop(chip) {
  chip.classList.remove("pop");
  void chip.offsetWidth;
  chip.classList.add("pop");
}
