// Numbers count up once in a visit, and later from what they were to what they are.
const TAKES = 700;
const SEEN = "cairn.counted";
const still = matchMedia("(prefers-reduced-motion: reduce)");

export function countUp(page) {
  if (sessionStorage.getItem(SEEN)) return;
  sessionStorage.setItem(SEEN, "yes");
  for (const number of page.querySelectorAll("[data-number]")) count(number, 0);
}

export function values(page) {
  const all = [...page.querySelectorAll("[data-number]")];
  return new Map(all.map((number) => [number.dataset.number, Number(number.dataset.value)]));
}

// After the page was changed: what is another number now runs there from the old one.
export function moveFrom(before, page) {
  for (const number of page.querySelectorAll("[data-number]")) {
    const old = before.get(number.dataset.number);
    if (old !== undefined && old !== Number(number.dataset.value)) count(number, old);
  }
}

function count(number, from) {
  const to = Number(number.dataset.value);
  const last = number.textContent;
  if (still.matches || from === to || document.hidden) return;
  if (number.dataset.form === "time" && to < 60) return; // "<1m" has nothing to count
  const begun = performance.now();
  const step = (now) => {
    const share = Math.min(1, (now - begun) / TAKES);
    const eased = 1 - (1 - share) ** 3;
    number.textContent = share < 1 ? shown(from + (to - from) * eased, number.dataset.form, last) : last;
    if (share < 1 && number.isConnected) requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
}

// The final words come from the server; on the way the same shape is kept.
function shown(value, form, last) {
  const whole = Math.floor(value);
  if (form === "percent") return last.replace(/\d+/, whole);
  if (form !== "time") return String(whole);
  const minutes = Math.floor(whole / 60);
  const parts = last.match(/\d+/g) ?? [];
  if (parts.length < 2) return last.replace(/\d+/, minutes);
  let place = 0;
  return last.replace(/\d+/g, () => (place++ === 0 ? Math.floor(minutes / 60) : minutes % 60));
}
