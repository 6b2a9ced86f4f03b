// The bell: looks again when something says so, and once a minute while the live stream is away and somebody is there;
// never under an open menu. It says whether that is open.
import { isLive } from "./stream.js";

const EVERY = 60_000;
let missed = false;

export function setUpBell() {
  const place = document.querySelector("[data-bell]");
  if (!place) return;
  place.addEventListener("htmx:beforeRequest", holdBack);
  place.addEventListener("toggle", followMenu, true); // it does not bubble
  setInterval(() => isLive() || lookIfSeen(), EVERY);
  document.addEventListener("visibilitychange", lookIfSeen);
}

function look() {
  document.body.dispatchEvent(new CustomEvent("cairn:look"));
}

function lookIfSeen() {
  if (document.visibilityState === "visible") look();
}

function holdBack(event) {
  if (!event.currentTarget.querySelector("[popover]:popover-open")) return;
  event.preventDefault();
  missed = true;
}

function followMenu({ currentTarget, newState }) {
  currentTarget.querySelector("[popovertarget]").setAttribute("aria-expanded", String(newState === "open"));
  if (newState === "open" || !missed) return;
  missed = false;
  look();
}
