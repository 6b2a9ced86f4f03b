// Seconds that a learner is really there: the tab visible, and a video playing or input in the last five minutes.
const THERE_FOR = 5 * 60 * 1000;
// A machine that slept between two ticks was not there.
const LONGEST_TICK = 5000;
const INPUT = ["pointerdown", "pointermove", "keydown", "scroll", "wheel", "touchstart"];

export class Presence {
  #milliseconds = 0;
  #counting = false;
  #last = performance.now();
  #input = performance.now();
  #isPlaying;

  constructor({ isPlaying = () => false } = {}) {
    this.#isPlaying = isPlaying;
    for (const name of INPUT) {
      window.addEventListener(name, () => (this.#input = performance.now()), { passive: true, capture: true });
    }
    document.addEventListener("visibilitychange", () => {
      this.#input = performance.now();
      this.tick();
    });
    setInterval(() => this.tick(), 1000);
    this.tick();
  }

  // Books the time since the last tick if it counted, then looks anew whether the next counts.
  tick() {
    const now = performance.now();
    const passed = now - this.#last;
    if (this.#counting && passed <= LONGEST_TICK) this.#milliseconds += passed;
    this.#last = now;
    this.#counting =
      document.visibilityState === "visible" && (this.#isPlaying() || now - this.#input < THERE_FOR);
  }

  get seconds() {
    return Math.floor(this.#milliseconds / 1000);
  }

  // Whole seconds since the last time they were taken; the rest is carried on.
  take() {
    this.tick();
    const whole = this.seconds;
    this.#milliseconds -= whole * 1000;
    return whole;
  }

  // A beat was not taken: its seconds go into the next one.
  giveBack(seconds) {
    this.#milliseconds += seconds * 1000;
  }
}
