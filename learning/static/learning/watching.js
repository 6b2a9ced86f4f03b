// A learner watches a video: where they go on, what they have seen, how far they may go, and where they stop.
import { clock } from "./clock.js";
import { note } from "./note.js";
import { Played, reach, round } from "./played.js";
import { WatchedBar } from "./watched.js";

const RESUME_FROM = 5;
const STOPPED_AFTER = 60_000;
const CLOSE = 1;
const LONGEST_STEP = 3;
const QUIET_AFTER_JUMP = 800;
const MOST_GIVEN_BACK = 60;

export class Watching {
  #video;
  #played;
  #bar;
  #onMoved;
  #stop = null;
  #stopTimer = 0;
  #jumpTimer = 0;
  #givenBack = [];

  // `data` is what the page says of the lesson; `onMoved` hears of every pause, jump and stop, which are worth a beat.
  constructor({ video, data, onMoved }) {
    this.#video = video;
    this.#onMoved = onMoved;
    this.#played = new Played(video);
    const ranges = JSON.parse(data.ranges || "[]");
    this.#bar = new WatchedBar({ video, ranges, length: Number(data.duration) });
    const furthest = data.forbidSkipping === "yes" ? this.#holdBack(reach(ranges)) : Infinity;
    this.#whenLoaded(() => this.#resume(data, furthest));
    this.#listen();
  }

  get isPlaying() {
    return !this.#video.paused && !this.#video.ended;
  }

  // What a beat says of the video; a range without length says that the learner stopped there.
  take() {
    const { ranges, rate } = this.#played.take();
    const taken = { rate, ranges: [...this.#givenBack.splice(0), ...ranges, ...this.#takeStop()] };
    if (this.#video.readyState > 0 && Number.isFinite(this.#video.currentTime)) taken.position = round(this.#video.currentTime);
    return taken;
  }

  // The same, when the page is left: who was playing, or has just paused, stops here.
  leave() {
    if (this.isPlaying || this.#stopTimer) this.#markStop();
    return this.take();
  }

  // The server took these ranges, or they are kept for it.
  confirm(ranges) {
    this.#bar.add(ranges);
  }

  showCoverage(percent) {
    this.#bar.say(percent);
  }

  // The net was slow and the ranges came too soon after the ones before: they may come again with the next beat.
  giveBack(beat) {
    const length = beat.ranges.reduce((sum, [from, to]) => sum + to - from, 0);
    if (length > MOST_GIVEN_BACK * beat.rate) return false;
    this.#givenBack = beat.ranges;
    return true;
  }

  #listen() {
    const video = this.#video;
    video.addEventListener("play", () => this.#cancelStop());
    video.addEventListener("pause", () => {
      if (!video.ended && !video.seeking) this.#stopTimer = setTimeout(() => this.#stopHere(), STOPPED_AFTER);
      this.#onMoved();
    });
    video.addEventListener("ended", () => {
      this.#cancelStop();
      this.#onMoved();
    });
    video.addEventListener("seeked", () => {
      clearTimeout(this.#jumpTimer);
      this.#jumpTimer = setTimeout(this.#onMoved, QUIET_AFTER_JUMP);
    });
  }

  #stopHere() {
    this.#markStop();
    this.#onMoved();
  }

  #markStop() {
    this.#cancelStop();
    this.#stop = round(this.#video.currentTime);
  }

  #cancelStop() {
    clearTimeout(this.#stopTimer);
    this.#stopTimer = 0;
  }

  #takeStop() {
    const stop = this.#stop;
    this.#stop = null;
    return stop === null ? [] : [[stop, stop]];
  }

  #whenLoaded(act) {
    if (this.#video.readyState > 0) act();
    else this.#video.addEventListener("loadedmetadata", act, { once: true });
  }

  #resume({ position, status }, furthest) {
    const [, asked] = location.hash.match(/^#t=(\d+)$/) ?? [];
    const from = Math.min(Number(asked ?? position), furthest);
    const worthIt = status !== "completed" && from > RESUME_FROM && from < this.#video.duration - RESUME_FROM;
    if (!worthIt && asked === undefined) return;
    this.#video.currentTime = from;
    note("resumed", { time: clock(from, Math.floor) });
  }

  // Where the author forbids it, nobody skips past what has been watched.
  #holdBack(start) {
    const video = this.#video;
    let furthest = start;
    video.addEventListener("timeupdate", () => {
      const isStep = video.currentTime < furthest + LONGEST_STEP * video.playbackRate;
      if (!video.seeking && isStep) furthest = Math.max(furthest, video.currentTime);
    });
    video.addEventListener("seeking", () => {
      if (video.currentTime <= furthest + CLOSE) return;
      video.currentTime = furthest;
      note("held", { time: clock(furthest, Math.floor) });
    });
    return start;
  }
}
