// Short congratulations, one after another, each gone after five seconds or at a click.
const SHOWN_FOR = 5000;
const waiting = [];
let shown = null;

export function toast({ title, text = "", isBadge = false }) {
  waiting.push({ title, text, isBadge });
  if (!shown) next();
}

function next() {
  shown = waiting.shift() ?? null;
  const place = document.querySelector("[data-toasts]");
  place.replaceChildren();
  if (!shown) return;
  place.append(draw(shown, place.dataset));
  const timer = setTimeout(next, SHOWN_FOR);
  place.querySelector("button").addEventListener("click", () => {
    clearTimeout(timer);
    next();
  });
}

function draw({ title, text, isBadge }, { wordClose, wordBadges, badges }) {
  const box = element("div", "toast");
  const sign = element("span", "toast-icon");
  sign.append(document.querySelector("[data-toast-sign]").content.cloneNode(true));
  const words = element("div");
  words.append(element("strong", "", title));
  if (text) words.append(element("p", "", text));
  if (isBadge && badges) words.append(link(badges, wordBadges));
  const button = element("button", "icon-button", "×");
  button.type = "button";
  button.setAttribute("aria-label", wordClose);
  box.append(sign, words, button);
  return box;
}

function link(address, text) {
  const made = element("a", "hint", text);
  made.href = address;
  return made;
}

function element(name, classes = "", text = "") {
  const made = document.createElement(name);
  if (classes) made.className = classes;
  if (text) made.textContent = text;
  return made;
}
