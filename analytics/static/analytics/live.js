// What changed in another tab or on another device: asked for at once when something says so, and every 25 seconds while
// the page is in view, for what no event tells: midnight, and everything while there is no stream. The server answers 304
// while nothing has happened; else only what differs is replaced.
import { setStreak, setXp } from "../js/counters.js";
import { moveFrom, values } from "./numbers.js";

const EVERY = 25_000;
const written = new WeakMap(); // the server's words of each part, whatever scripts have made of them since
let asking = false;
let askAgain = false;

// A page whose answer costs as much as the page itself does not ask by the clock (`asks`), only when told.
export function follow(page, { asks = true } = {}) {
  remember(page);
  const look = () => document.hidden || refresh(page);
  if (asks) setInterval(look, EVERY);
  document.addEventListener("visibilitychange", look);
  window.addEventListener("online", look);
  window.addEventListener("pageshow", ({ persisted }) => persisted && look());
  for (const said of ["cairn:moved", "cairn:studied"]) window.addEventListener(said, look, { capture: true });
  document.body.addEventListener("htmx:afterSettle", () => remember(page));
}

function remember(page) {
  for (const part of page.querySelectorAll("[data-live]")) {
    if (!written.has(part)) written.set(part, part.innerHTML);
  }
}

async function refresh(page) {
  askAgain = asking;
  if (asking) return;
  asking = true;
  try {
    const answer = await fetch(`${page.dataset.from}?${chosen(page)}`, {
      headers: { "If-None-Match": `"${page.dataset.stamp}"`, "X-Requested-With": "fetch" },
      cache: "no-store",
    });
    if (answer.status === 200) show(page, await answer.text(), answer.headers.get("ETag"));
  } catch {
    // Offline: what is shown stays, and the next look brings the rest.
  } finally {
    asking = false;
    if (askAgain) refresh(page);
  }
}

function chosen(page) {
  const form = page.querySelector("[data-courses]");
  const query = new URLSearchParams(form ? new FormData(form) : "");
  query.set("days", page.querySelector("[data-activity]")?.dataset.days ?? "30");
  return query;
}

function show(page, html, tag) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  const before = values(page);
  arrange(page, fresh);
  for (const part of page.querySelectorAll("[data-live]")) {
    const news = fresh.querySelector(`[data-live="${part.dataset.live}"]`)?.innerHTML;
    if (news === undefined || news === written.get(part) || isInUse(part)) continue;
    replace(part, news);
  }
  page.dataset.stamp = (tag ?? "").replace(/^W\/|"/g, "");
  moveFrom(before, page);
  showInHeader(page);
  page.dispatchEvent(new CustomEvent("cairn:refreshed"));
}

// Cards that were moved, hidden, switched off or on. Those that stay keep what is open in them.
function arrange(page, fresh) {
  const key = (card) => card.dataset.card;
  const [here, wanted] = [page, fresh].map((root) => [...root.querySelectorAll("[data-card]")]);
  if (String(here.map(key)) === String(wanted.map(key))) return;
  const place = page.querySelector(".slots");
  for (const card of wanted) {
    const known = here.find((one) => key(one) === key(card));
    place.append(known ?? card);
    if (!known) window.htmx?.process(card);
  }
  for (const card of here) if (!wanted.some((one) => key(one) === key(card))) card.remove();
  remember(page);
}

function showInHeader(page) {
  const xp = page.querySelector("[data-total-xp]")?.dataset.totalXp;
  setStreak(values(page).get("streak"));
  if (xp) setXp(Number(xp));
}

// What somebody has opened, perhaps to type into, stays until the next look.
function isInUse(part) {
  return part.querySelector("details[open]") !== null;
}

// Whoever has the focus in a part that changes finds it in the same place afterwards.
function replace(part, html) {
  const held = part.contains(document.activeElement) ? focusable(part).indexOf(document.activeElement) : -1;
  part.innerHTML = html;
  written.set(part, part.innerHTML);
  if (held >= 0) focusable(part)[held]?.focus({ preventScroll: true });
}

function focusable(part) {
  return [...part.querySelectorAll("a[href], button, select, input")];
}
