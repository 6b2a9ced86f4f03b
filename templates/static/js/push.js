// Push on this browser: turned on and off by hand. Where it is on for this person, each visit registers it anew, so that
// its keys stay those of today; a browser that somebody else turned it on for is left alone.
const WORKER = "/push-worker.js";

const place = document.querySelector("[data-push]");
if (place) start(place);

async function start(place) {
  const state = { place, key: place.dataset.pushKey };
  place.querySelector("[data-push-on]").addEventListener("click", () => act(state, turnOn));
  place.querySelector("[data-push-off]").addEventListener("click", () => act(state, turnOff));
  if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) return say(state, "none");
  if (Notification.permission === "denied") return say(state, "denied");
  const known = await subscription();
  const row = known && (await rowOf(known));
  if (!row || Notification.permission !== "granted") return say(state, "off");
  await act(state, turnOn);
}

async function act(state, what) {
  const buttons = state.place.querySelectorAll("button");
  buttons.forEach((button) => (button.disabled = true));
  try {
    say(state, await what(state));
  } catch {
    say(state, Notification.permission === "denied" ? "denied" : "failed");
  }
  buttons.forEach((button) => (button.disabled = false));
}

async function turnOn(state) {
  if ((await Notification.requestPermission()) !== "granted") return "denied";
  const worker = await navigator.serviceWorker.register(WORKER, { scope: "/", updateViaCache: "none" });
  await navigator.serviceWorker.ready;
  const found = await trusting(worker.pushManager, state.key);
  const body = { platform: "web", subscription: found.toJSON(), name: name() };
  const answer = await send("POST", state.place.dataset.pushRegister, body);
  state.id = (await answer.json()).id;
  mark(state);
  return "on";
}

// A subscription that trusts another key of the site than today's receives nothing: it is made anew.
async function trusting(manager, key) {
  const wanted = bytes(key);
  const old = await manager.getSubscription();
  if (old && !same(old.options.applicationServerKey, wanted)) await old.unsubscribe();
  return manager.subscribe({ userVisibleOnly: true, applicationServerKey: wanted });
}

async function turnOff(state) {
  await send("DELETE", state.place.dataset.pushDevice.replace("0", state.id));
  await (await subscription())?.unsubscribe();
  document.querySelector(`[data-device="${state.id}"]`)?.remove();
  state.place.querySelector("[data-push-new]").hidden = true;
  return "off";
}

async function subscription() {
  const worker = await navigator.serviceWorker.getRegistration("/");
  return worker?.pushManager.getSubscription();
}

// The list tells its rows apart as the site does: by the digest of where a subscription leads.
async function rowOf({ endpoint }) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(`web:${endpoint}`));
  const hex = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return document.querySelector(`[data-digest="${hex}"]`);
}

async function send(method, url, body) {
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  const headers = { "X-CSRFToken": token, "Content-Type": "application/json", Accept: "application/json" };
  const answer = await fetch(url, { method, headers, body: body && JSON.stringify(body) });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer;
}

// The list was written before this browser was registered: its row is marked, or comes with the next look.
function mark(state) {
  const row = document.querySelector(`[data-device="${state.id}"]`);
  row?.querySelector("[data-here]")?.removeAttribute("hidden");
  state.place.querySelector("[data-push-new]").hidden = Boolean(row);
}

function say({ place }, name) {
  for (const one of place.querySelectorAll("[data-push-state]")) one.hidden = one.dataset.pushState !== name;
  place.querySelector("[data-push-on]").hidden = name === "on" || name === "none" || name === "denied";
  place.querySelector("[data-push-off]").hidden = name !== "on";
}

function name() {
  const agent = navigator.userAgent;
  const browsers = { Edg: "Edge", OPR: "Opera", Firefox: "Firefox", Chrome: "Chrome", Safari: "Safari" };
  const systems = { Android: "Android", iPhone: "iPhone", iPad: "iPad", Windows: "Windows", Mac: "macOS", Linux: "Linux" };
  const found = [browsers, systems].map((names) => names[Object.keys(names).find((word) => agent.includes(word))]);
  return found.filter(Boolean).join(", ");
}

function bytes(base64url) {
  const text = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

function same(buffer, wanted) {
  const found = new Uint8Array(buffer ?? []);
  return found.length === wanted.length && found.every((byte, n) => byte === wanted[n]);
}
