// Beats that could not be sent, in this browser's storage: in order, for three days, across reloads.
const MOST_KEPT = 2000;
const KEPT_FOR = 72 * 60 * 60 * 1000;

export class Kept {
  #key;

  // `learner` separates accounts that share a browser.
  constructor(learner) {
    this.#key = `cairn.beats.${learner}`;
  }

  all() {
    try {
      const oldest = Date.now() - KEPT_FOR;
      const kept = JSON.parse(localStorage.getItem(this.#key) ?? "[]");
      return kept.filter((beat) => Date.parse(beat.recorded_at) > oldest);
    } catch {
      return [];
    }
  }

  add(beat) {
    this.#write([...this.all(), { recorded_at: new Date().toISOString(), ...beat }]);
  }

  // Only what was sent: another tab may have added more in the meantime.
  forget(sent) {
    const gone = new Set(sent.map(name));
    this.#write(this.all().filter((beat) => !gone.has(name(beat))));
  }

  get count() {
    return this.all().length;
  }

  get seconds() {
    return this.all().reduce((sum, beat) => sum + beat.seconds, 0);
  }

  #write(beats) {
    try {
      if (beats.length) localStorage.setItem(this.#key, JSON.stringify(beats.slice(-MOST_KEPT)));
      else localStorage.removeItem(this.#key);
    } catch {
      // No storage or no room: this beat is lost, the page goes on.
    }
  }
}

function name({ client_session: session, seq }) {
  return `${session}/${seq}`;
}
