// Streak and XP in the header: fetched where the page does not know them, moved by what lessons answer.

export async function loadCounters() {
  const place = document.querySelector("[data-counters][data-from]");
  if (!place) return;
  try {
    const answer = await fetch(place.dataset.from, { headers: { "X-Requested-With": "fetch" } });
    if (answer.ok && !answer.redirected) place.innerHTML = await answer.text();
  } catch {
    // Offline: the header does without.
  }
}

export function addXp(amount) {
  const shown = document.querySelector("[data-xp]");
  if (!shown || !amount) return;
  shown.textContent = Number(shown.textContent) + amount;
  pop(shown.closest("[data-xp-chip]"));
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
