// Sends beats in order. What could not be sent is kept in this browser and goes first next time.
import { Kept } from "./kept.js";
import { Tab } from "./tab.js";

const MOST_SENT = 100;
const PATIENCE = 15000;

export class Beats {
  #url;
  #csrf;
  #kept;
  #tab;
  #turn;
  #sending = Promise.resolve();
  #onKept;

  // `onKept` hears how many beats wait for a connection, and how many seconds are in them.
  constructor({ url, csrf, learner, onKept = () => {} }) {
    this.#url = url;
    this.#csrf = csrf;
    this.#kept = new Kept(learner);
    this.#tab = new Tab(learner);
    this.#turn = `cairn.sending.${learner}`;
    this.#onKept = onKept;
    this.ready = this.#tab.claim();
  }

  // The API's answer, or null when the beat was kept for later. A refused beat throws the problem.
  async send(fields) {
    await this.ready;
    const beat = { ...fields, ...this.#tab.next() };
    return this.#inTurn(() => this.#deliver(beat));
  }

  // Sends what was kept, if anything was; the last answer, or null.
  async flush() {
    await this.ready;
    return this.#inTurn(() => this.#deliverKept());
  }

  // Last words of a page: kept first, then sent without waiting; a repeat later credits nothing.
  leave(fields) {
    this.#kept.add({ ...fields, ...this.#tab.next() });
    const beats = this.#kept.all().slice(0, MOST_SENT);
    fetch(this.#url, { ...this.#request({ beats }), keepalive: true })
      .then((answer) => answer.ok && this.#kept.forget(beats))
      .catch(() => {});
  }

  // One after another in this tab, and one tab at a time: two never send the same kept beats at once.
  #inTurn(act) {
    const alone = () => (navigator.locks ? navigator.locks.request(this.#turn, act) : act());
    const turn = this.#sending.then(alone);
    this.#sending = turn.catch(() => {});
    return turn;
  }

  async #deliver(beat) {
    if (this.#kept.count) {
      this.#kept.add(beat);
      return this.#deliverKept();
    }
    const answer = await this.#post(beat);
    if (answer.later) this.#kept.add(beat);
    this.#tellKept();
    if (answer.refused) throw answer.refused;
    return answer.body ?? null;
  }

  // A bundle that is refused as a whole goes one by one, so that only the beat that spoils it is dropped.
  async #deliverKept() {
    let last = null;
    let most = MOST_SENT;
    for (let beats; (beats = this.#kept.all().slice(0, most)).length; ) {
      const answer = await this.#post({ beats });
      if (answer.later) break;
      if (answer.refused && beats.length > 1) {
        most = 1;
        continue;
      }
      this.#kept.forget(beats);
      last = answer.body ?? last;
    }
    this.#tellKept();
    return last;
  }

  #tellKept() {
    this.#onKept({ count: this.#kept.count, seconds: this.#kept.seconds });
  }

  // `later`: try again another time. `refused`: never will be taken. `body`: taken.
  async #post(body) {
    try {
      const answer = await fetch(this.#url, { ...this.#request(body), keepalive: true, signal: AbortSignal.timeout(PATIENCE) });
      if (answer.ok) return { body: await answer.json() };
      const problem = await answer.json().catch(() => ({}));
      const passing = answer.status >= 500 || [401, 408, 425, 429].includes(answer.status) || problem.code === "csrf_failed";
      return passing ? { later: true } : { refused: problem };
    } catch {
      return { later: true };
    }
  }

  #request(body) {
    return {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": this.#csrf },
      credentials: "same-origin",
      body: JSON.stringify(body),
    };
  }
}
