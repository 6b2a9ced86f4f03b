// The bar under a video: which parts have been watched, in a drawing and in words.
import { merge } from "./played.js";
import { clock } from "./clock.js";

const WIDTH = 1000;
const A_GAP = 2;

export class WatchedBar {
  #bar = document.querySelector("[data-watched]");
  #words = document.querySelector("[data-watched-words]");
  #skipped = document.querySelector("[data-skipped]");
  #video;
  #length;
  #ranges;

  constructor({ video, ranges, length }) {
    this.#video = video;
    this.#length = length;
    this.#ranges = merge(ranges);
    this.#skipped.addEventListener("click", () => (video.currentTime = this.#firstGap()));
    for (const name of ["seeked", "pause", "durationchange"]) video.addEventListener(name, () => this.#draw());
    this.#draw();
  }

  add(ranges) {
    this.#ranges = merge([...this.#ranges, ...ranges]);
    this.#draw();
  }

  // The server's count is the one that completes a lesson.
  say(percent) {
    this.#words.textContent = this.#words.dataset.word.replace("{percent}", Math.floor(percent));
  }

  get #seconds() {
    return this.#length || this.#video.duration || 0;
  }

  #draw() {
    if (!this.#seconds) return;
    this.#bar.replaceChildren(...this.#ranges.map((range) => this.#part(range)));
    const watched = this.#ranges.reduce((sum, [from, to]) => sum + Math.min(to, this.#seconds) - from, 0);
    this.say(Math.min(100, (watched / this.#seconds) * 100));
    const parts = this.#ranges.map(([from, to]) => `${clock(from, Math.round)} – ${clock(to, Math.round)}`).join(", ");
    this.#bar.setAttribute("aria-label", this.#bar.dataset[parts ? "word" : "none"].replace("{parts}", parts));
    this.#offerSkipped();
  }

  #part([from, to]) {
    const part = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    part.setAttribute("x", (from / this.#seconds) * WIDTH);
    part.setAttribute("width", Math.max(1, ((to - from) / this.#seconds) * WIDTH));
    part.setAttribute("height", "8");
    return part;
  }

  // Where the first unwatched part begins; what simply comes next is no gap.
  #firstGap() {
    const [first] = this.#ranges;
    if (!first) return null;
    return first[0] > A_GAP ? 0 : first[1];
  }

  #offerSkipped() {
    const gap = this.#firstGap();
    const isBehind = gap !== null && gap < Math.max(this.#video.currentTime, this.#ranges.at(-1)[0]) - A_GAP;
    this.#skipped.hidden = !isBehind;
    if (isBehind) this.#skipped.textContent = this.#skipped.dataset.word.replace("{time}", clock(gap, Math.floor));
  }
}
