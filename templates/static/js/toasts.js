// Short news, one after another: each stays five seconds, longer under the pointer or the focus, and goes with Escape.
// The same is shown once in a tab, also across pages. A page that nobody sees keeps them until it is seen, unless
// another one has shown them meanwhile.
import { confetti } from "./confetti.js";

const SHOWN_FOR = 5000;
const AT_LEAST = 1500;
const KEPT_FOR = 30_000;
const REMEMBERED = 60;
const place = document.querySelector("[data-toasts]");
const words = place?.dataset ?? {};
const key = `cairn.toasts.${words.person ?? ""}`;
const others = window.BroadcastChannel && words.person ? new BroadcastChannel(key) : null;
const waiting = [];
let told = new Map();
let shown = null;

// `id` says what it is about: the same is not shown again, or not before `again` milliseconds have gone by.
// True when it is new.
export function toast(news) {
  if (!place || wasTold(news)) return false;
  remember(news);
  waiting.push(news);
  if (!shown) next();
  return true;
}

function wasTold({ id, again = Infinity }) {
  return told.has(id) && Date.now() - told.get(id) < again;
}

function remember({ id }) {
  told.delete(id);
  told.set(id, Date.now());
  keep();
}

// --- One after another --------------------------------------------------------------------------------------

function next() {
  shown?.clock.hold("over");
  shown = null;
  place.replaceChildren();
  if (document.hidden || !waiting.length) return keep();
  const news = waiting.shift();
  const box = draw(news);
  shown = { news, box, clock: new Clock(next) };
  for (const [begin, end] of [["pointerenter", "pointerleave"], ["focusin", "focusout"]]) {
    box.addEventListener(begin, () => shown?.box === box && shown.clock.hold(begin));
    box.addEventListener(end, () => shown?.box === box && shown.clock.release(begin));
  }
  place.append(box);
  others?.postMessage(news.id);
  if (news.isGrand) confetti();
  keep();
}

class Clock {
  #left = SHOWN_FOR;
  #since = performance.now();
  #holding = new Set();
  #over;
  #timer;

  constructor(over) {
    this.#over = over;
    this.#timer = setTimeout(over, this.#left);
  }

  hold(reason) {
    if (!this.#holding.size) this.#left = Math.max(AT_LEAST, this.#left - (performance.now() - this.#since));
    this.#holding.add(reason);
    clearTimeout(this.#timer);
  }

  release(reason) {
    if (!this.#holding.delete(reason) || this.#holding.size) return;
    this.#since = performance.now();
    this.#timer = setTimeout(this.#over, this.#left);
  }
}

if (place) {
  recall();
  others?.addEventListener("message", ({ data: id }) => document.hidden && drop(id));
  addEventListener("pagehide", () => keep({ withShown: true }));
  document.addEventListener("keydown", dismiss);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) shown?.clock.hold("hidden");
    else if (shown) shown.clock.release("hidden");
    else next();
  });
  if (waiting.length) next();
}

function dismiss({ key: pressed, defaultPrevented }) {
  if (pressed !== "Escape" || defaultPrevented || !shown) return;
  if (!document.querySelector("dialog[open], [popover]:popover-open")) next();
}

function drop(id) {
  const found = waiting.findIndex((news) => news.id === id);
  if (found >= 0) waiting.splice(found, 1);
  if (shown?.news.id === id) next();
}

// --- Across pages of this tab -------------------------------------------------------------------------------

function keep({ withShown = false } = {}) {
  const left = withShown && shown ? [shown.news, ...waiting] : waiting;
  const kept = { told: [...told].slice(-REMEMBERED), waiting: left, at: Date.now() };
  try {
    sessionStorage.setItem(key, JSON.stringify(kept));
  } catch {
    // Without storage each page remembers for itself.
  }
}

function recall() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(key) ?? "{}");
    told = new Map(kept.told ?? []);
    if (Date.now() - kept.at < KEPT_FOR) waiting.push(...kept.waiting);
  } catch {
    // See above.
  }
}

// --- Drawing ------------------------------------------------------------------------------------------------

function draw({ title, text = "", href = "", sign = "award", badge = "", isBar = false }) {
  const box = element("div", ["toast", badge && "toast-badge", isBar && "toast-bar"].filter(Boolean).join(" "));
  const icon = element("span", "toast-icon");
  icon.append(document.querySelector(`[data-toast-sign="${sign}"]`).content.cloneNode(true));
  const said = element("div", "toast-words");
  if (badge) said.append(element("span", "toast-kind", words.wordEarned));
  said.append(element("strong", "", title));
  if (text) said.append(element("p", "", text));
  const leads = badge ? words.badges : href;
  if (leads) said.append(links(leads, badge));
  const button = element("button", "icon-button", "×");
  button.type = "button";
  button.setAttribute("aria-label", words.wordClose);
  button.addEventListener("click", next);
  box.append(icon, said, button);
  if (leads) box.addEventListener("click", ({ target }) => target.closest("a, button") ?? location.assign(leads));
  return box;
}

function links(leads, badge) {
  const row = element("span", "toast-links");
  row.append(link(leads, badge ? words.wordBadges : words.wordSee));
  if (badge) row.append(link(`${words.badges}?share=${badge}#${badge}`, words.wordShare));
  return row;
}

function link(address, text) {
  const made = element("a", "", text);
  made.href = address;
  return made;
}

function element(name, classes = "", text = "") {
  const made = document.createElement(name);
  if (classes) made.className = classes;
  if (text) made.textContent = text;
  return made;
}
