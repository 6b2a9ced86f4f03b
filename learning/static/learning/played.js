// The ranges of a video that were really played since they were last taken.
// Playback moves on by itself in small steps; anything else was a jump.
const LONGEST_STEP = 3;
const SEAM = 1;

export class Played {
  #video;
  #ranges = [];
  #start = null;
  #end = null;

  constructor(video) {
    this.#video = video;
    video.addEventListener("playing", () => this.#open());
    video.addEventListener("timeupdate", () => this.#follow());
    video.addEventListener("seeking", () => this.#close());
    video.addEventListener("pause", () => this.#close());
    video.addEventListener("ended", () => this.#close());
  }

  take() {
    const wasOpen = this.#start !== null;
    this.#close();
    if (wasOpen && !this.#video.paused && !this.#video.seeking) this.#open();
    return this.#ranges.splice(0);
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

  #close() {
    if (this.#start !== null && this.#end > this.#start) this.#ranges.push([round(this.#start), round(this.#end)]);
    this.#start = this.#end = null;
  }
}

// How far a video is watched without a gap from its start.
export function reach(ranges) {
  let end = 0;
  for (const [from, to] of [...ranges].sort((a, b) => a[0] - b[0])) {
    if (from > end + SEAM) break;
    end = Math.max(end, to);
  }
  return end;
}

function round(seconds) {
  return Math.round(seconds * 100) / 100;
}
