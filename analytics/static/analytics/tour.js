// A short tour for whoever sees My learning for the first time: it points at one card after the other. Seen once in a
// browser, left at any moment; the help page shows it again.
const KEY = "cairn.toured";
const still = matchMedia("(prefers-reduced-motion: reduce)");

export function setUpTour() {
  const box = document.querySelector("[data-tour]");
  if (!box || (wasSeen() && box.dataset.asked === undefined)) return;
  const steps = [...box.querySelectorAll("[data-step]")].filter((step) => target(step));
  if (steps.length) new Tour(box, steps).show(0);
}

function target(step) {
  return document.querySelector(step.dataset.step);
}

class Tour {
  #box;
  #steps;
  #at = 0;
  #next;
  #word;

  constructor(box, steps) {
    this.#box = box;
    this.#steps = steps;
    this.#next = box.querySelector("[data-tour-next]");
    this.#word = this.#next.textContent;
    this.#next.addEventListener("click", () => this.show(this.#at + 1));
    box.querySelector("[data-tour-back]").addEventListener("click", () => this.show(this.#at - 1));
    box.querySelector("[data-tour-end]").addEventListener("click", () => this.#end());
    box.addEventListener("keydown", ({ key }) => key === "Escape" && this.#end());
    box.hidden = false;
  }

  show(place) {
    this.#leave();
    if (place >= this.#steps.length) return this.#end();
    this.#at = place;
    const step = this.#steps[place];
    const isLast = place === this.#steps.length - 1;
    step.hidden = false;
    this.#box.querySelector("[data-tour-place]").textContent = `${place + 1}/${this.#steps.length}`;
    this.#box.querySelector("[data-tour-back]").hidden = place === 0;
    this.#box.querySelector("[data-tour-end]").hidden = isLast;
    this.#next.textContent = isLast ? this.#next.dataset.wordLast : this.#word;
    target(step)?.classList.add("is-pointed-at");
    if (place) target(step)?.scrollIntoView({ block: "center", behavior: still.matches ? "auto" : "smooth" });
  }

  #leave() {
    this.#steps[this.#at].hidden = true;
    document.querySelector(".is-pointed-at")?.classList.remove("is-pointed-at");
  }

  #end() {
    this.#leave();
    const held = this.#box.contains(document.activeElement);
    this.#box.remove();
    if (held) document.querySelector("main").focus({ preventScroll: true });
    try {
      localStorage.setItem(KEY, "yes");
    } catch {
      // Without storage it comes again with the next visit.
    }
  }
}

function wasSeen() {
  try {
    return localStorage.getItem(KEY) === "yes";
  } catch {
    return false;
  }
}
