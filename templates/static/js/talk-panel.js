// The assistant beside a lesson: a column on wide screens, a sheet elsewhere. It is fetched when it is first opened.
const KEY = "cairn.talk";
const root = document.documentElement;
const panel = document.querySelector("[data-talk-panel]");
const opener = document.querySelector("[data-talk-open]");
const wide = matchMedia("(min-width: 75rem)");
const { talkAddress: address, talkModule: code, talkStyles: styles, talkCourse: course } = panel.dataset;
const memory = `${KEY}.${course}`;
let isLoaded = false;

function remember(key, value) {
  try {
    if (value === null) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, value);
  } catch {
    // Without storage the panel is as it is on this page.
  }
}

function remembered(key) {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null;
  }
}

async function styled() {
  if (document.querySelector("[data-talk-style]")) return;
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: styles });
  link.dataset.talkStyle = "";
  document.head.append(link);
  await new Promise((done) => Object.assign(link, { onload: done, onerror: done }));
}

function open({ quiet = false } = {}) {
  if (panel.open) return;
  show();
  opener.setAttribute("aria-expanded", "true");
  remember(`${KEY}.open`, "yes");
  if (!isLoaded) load(remembered(memory) ? { session: remembered(memory) } : {}, { quiet });
  else if (!quiet) panel.querySelector("[data-input]")?.focus();
}

function show() {
  root.dataset.talk = "open";
  if (wide.matches) panel.show();
  else panel.showModal();
}

function close() {
  panel.close();
}

function closed() {
  delete root.dataset.talk;
  opener.setAttribute("aria-expanded", "false");
  remember(`${KEY}.open`, null);
  opener.focus();
}

async function load(query, { side = false, quiet = false } = {}) {
  const asked = new URLSearchParams({ ...query, part: "panel", lesson: panel.dataset.talkLesson });
  panel.setAttribute("aria-busy", "true");
  const [response, { setUp }] = await Promise.all([
    fetch(`${address}?${asked}`).catch(() => null),
    import(code).catch(() => ({})),
    styled(),
  ]);
  panel.removeAttribute("aria-busy");
  if (response?.status === 404 && query.session) return load({}, { quiet }); // deleted meanwhile
  if (!response?.ok || response.redirected || !setUp) return failed();
  isLoaded = true;
  panel.innerHTML = await response.text(); // made by the server
  const place = panel.querySelector("[data-assistant]");
  place.classList.toggle("shows-side", side);
  remember(memory, place.dataset.session || null);
  setUp(place, { load, close, quiet });
}

function failed() {
  panel.querySelector("[data-talk-waiting]")?.setAttribute("hidden", "");
  const problem = panel.querySelector("[data-talk-failed]");
  if (problem) problem.hidden = false;
  problem?.querySelector("[data-talk-again]").focus();
}

panel.addEventListener("close", () => panel.dataset.moving || closed());
panel.addEventListener("cairn:talk-opened", ({ detail }) => remember(memory, detail.session));
panel.addEventListener("click", ({ target }) => {
  if (target.closest("[data-talk-again]")) load({});
  else if (target.closest("[data-talk-close]")) close();
  else if (!wide.matches && target.closest("a[href]")?.pathname === location.pathname) close();
});
panel.addEventListener("keydown", (event) => {
  // A sheet closes with Escape by itself.
  if (event.key !== "Escape" || !wide.matches || event.defaultPrevented || event.target.closest(".talk-dialog")) return;
  event.preventDefault();
  close();
});
wide.addEventListener("change", () => {
  if (!panel.open) return;
  panel.dataset.moving = "";
  panel.close();
  show();
  setTimeout(() => delete panel.dataset.moving); // its event comes later
});

opener.setAttribute("role", "button");
opener.setAttribute("aria-expanded", "false");
opener.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (panel.open) close();
  else open();
});
document.addEventListener("keydown", (event) => {
  const isSpace = event.target === opener && event.key === " ";
  const isKey = event.altKey && event.code === "KeyA" && !event.ctrlKey && !event.metaKey;
  if (!isSpace && !isKey) return;
  event.preventDefault();
  if (panel.open) close();
  else open();
});
if (root.dataset.talk === "open") open({ quiet: true });
