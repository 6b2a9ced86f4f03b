// What every chart shares: the library, the colours of the theme as they are here and now, days, and steps of a colour.
const still = matchMedia("(prefers-reduced-motion: reduce)");
const names = ["accent", "accent-soft", "accent-line", "line", "line-strong", "ink", "ink-2", "surface", "raised", "sunken", "amber"];
let library = null;
let tries = 0;

// One request, however many charts ask at once. A module that failed once stays failed under its address, so another
// try asks under another one.
export function loadLibrary(address) {
  library ??= import(tries ? `${address}?again=${tries}` : address).catch((error) => {
    library = null;
    tries += 1;
    throw error;
  });
  return library;
}

// Tokens are written as light-dark(); a probe tells what they come to.
export function colours(section) {
  const probe = document.createElement("span");
  probe.hidden = true;
  probe.style.transitionProperty = "none"; // or the computed colour would be the one before
  section.append(probe);
  const look = (name) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const found = Object.fromEntries(names.map((name) => [name, look(name)]));
  probe.remove();
  return found;
}

export function common(ink) {
  return {
    animation: !still.matches,
    animationDuration: 200,
    animationDurationUpdate: 200,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: ink["ink-2"] },
  };
}

export function tip(ink, formatter) {
  return {
    renderMode: "richText",
    confine: true,
    transitionDuration: 0,
    backgroundColor: ink.raised,
    borderColor: ink["line-strong"],
    borderWidth: 1,
    padding: [8, 12],
    textStyle: { color: ink.ink, fontSize: 13 },
    ...(formatter && { formatter }),
  };
}

export function language() {
  const { lang } = document.documentElement;
  return lang === "en" ? "en-GB" : lang;
}

export function day(date, options = { day: "numeric", month: "short" }) {
  return new Intl.DateTimeFormat(language(), { ...options, timeZone: "UTC" }).format(new Date(date));
}

// Four shades of one colour up to `top`, and the ground where there was nothing.
export function steps(top, ink, dimension = 1) {
  const shade = (share) => mix(ink["accent-soft"], ink.accent, share);
  return {
    show: false,
    dimension,
    pieces: [
      { lte: 0, color: ink.sunken },
      { gt: 0, lte: top / 4, color: shade(0.25) },
      { gt: top / 4, lte: top / 2, color: shade(0.5) },
      { gt: top / 2, lte: (3 * top) / 4, color: shade(0.75) },
      { gt: (3 * top) / 4, color: ink.accent },
    ],
  };
}

function mix(from, to, share) {
  const [a, b] = [from, to].map((colour) => colour.match(/[\d.]+/g).map(Number));
  return `rgb(${[0, 1, 2].map((n) => Math.round(a[n] + (b[n] - a[n]) * share)).join(",")})`;
}
