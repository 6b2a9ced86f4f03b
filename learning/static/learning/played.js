// The ranges of a video that were really played since they were last taken, and the fastest rate in that time.
// Playback moves on by itself in small steps; anything else was a jump.
const LONGEST_STEP = 3;
const SEAM = 0.5;

export class Played {
  #video;
  #ranges = [];
  #start = null;
  #end = null;
  #rate;

  constructor(video) {
    this.#video = video;
    this.#rate = video.playbackRate;
    video.addEventListener("playing", () => this.#open());
    video.addEventListener("timeupdate", () => this.#follow());
    video.addEventListener("ratechange", () => (this.#rate = Math.max(this.#rate, video.playbackRate)));
    video.addEventListener("seeking", () => this.#close());
    for (const name of ["pause", "ended"]) video.addEventListener(name, () => this.#finish());
  }

  take() {
    const wasOpen = this.#start !== null;
    this.#finish();
    if (wasOpen && !this.#video.paused && !this.#video.seeking) this.#open();
    const taken = { ranges: this.#ranges.splice(0), rate: this.#rate };
    this.#rate = this.#video.playbackRate;
    return taken;
  }

  #open() {
    this.#close();
    this.#start = this.#end = this.#video.currentTime;
  }

  #follow() {
    if (this.#start === null || this.#video.seeking) return;
    const now = this.#video.currentTime;
    const step = now - this.#end;
    if (step < 0 || step > LONGEST_STEP * this.#video.playbackRate) this.#open();
    else this.#end = now;
  }

  #finish() {
    this.#follow();
    this.#close();
  }

  #close() {
    if (this.#start !== null && this.#end > this.#start) this.#ranges.push([round(this.#start), round(this.#end)]);
    this.#start = this.#end = null;
  }
}

// The ranges in order and without overlaps, as the server keeps them.
export function merge(ranges) {
  const merged = [];
  for (const [from, to] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const last = merged.at(-1);
    if (last && from <= last[1] + SEAM) last[1] = Math.max(last[1], to);
    else if (to > from) merged.push([from, to]);
  }
  return merged;
}

// How far a video is watched without a gap from its start.
export function reach(ranges) {
  const [first] = merge(ranges);
  return first && first[0] <= SEAM ? first[1] : 0;
}

export function round(seconds) {
  return Math.round(seconds * 100) / 100;
}
