// Sends beats in order. What could not be sent is kept in this browser and goes first next time.
const MOST_KEPT = 2000;
const MOST_SENT = 100;
const KEPT_FOR = 72 * 60 * 60 * 1000;
const PATIENCE = 15000;

export class Beats {
  #url;
  #csrf;
  #keptAt;
  #session;
  #sending = Promise.resolve();
  #onKept;

  // `learner` separates accounts that share a browser; `onKept` hears how many beats wait for a connection.
  constructor({ url, csrf, learner, onKept = () => {} }) {
    this.#url = url;
    this.#csrf = csrf;
    this.#keptAt = `cairn.beats.${learner}`;
    this.#session = new ClientSession(learner);
    this.#onKept = onKept;
    this.ready = this.#session.claim();
  }

  // The API's answer, or null when the beat was kept for later.
  async send(fields) {
    await this.ready;
    const beat = { ...fields, ...this.#session.next() };
    const turn = this.#sending.then(() => this.#deliver(beat));
    this.#sending = turn.catch(() => {});
    return turn;
  }

  // Last words of a page: kept first, then sent without waiting; a repeat later credits nothing.
  leave(fields) {
    const beat = { ...fields, ...this.#session.next(), recorded_at: new Date().toISOString() };
    const kept = [...this.#kept(), beat];
    this.#keep(kept);
    const beats = kept.slice(-MOST_SENT);
    fetch(this.#url, { ...this.#request({ beats }), keepalive: true })
      .then((answer) => answer.ok && this.#forget(beats))
      .catch(() => {});
  }

  // Sends what was kept, if anything was; the last answer, or null.
  async flush() {
    await this.ready;
    const turn = this.#sending.then(() => this.#deliverKept());
    this.#sending = turn.catch(() => {});
    return turn;
  }

  async #deliver(beat) {
    const waiting = this.#kept();
    if (waiting.length) {
      this.#keep([...waiting, stamped(beat)]);
      return this.#deliverKept();
    }
    const answer = await this.#post(beat);
    if (answer.later) this.#keep([stamped(beat)]);
    this.#onKept(this.#kept().length);
    if (answer.refused) throw answer.refused;
    return answer.body ?? null;
  }

  async #deliverKept() {
    let last = null;
    for (let beats; (beats = this.#kept().slice(0, MOST_SENT)).length; ) {
      const answer = await this.#post({ beats });
      if (answer.later) break;
      this.#forget(beats);
      last = answer.body ?? last;
    }
    this.#onKept(this.#kept().length);
    return last;
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

  #kept() {
    try {
      const oldest = Date.now() - KEPT_FOR;
      const kept = JSON.parse(localStorage.getItem(this.#keptAt) ?? "[]");
      return kept.filter((beat) => Date.parse(beat.recorded_at) > oldest);
    } catch {
      return [];
    }
  }

  #keep(beats) {
    try {
      if (beats.length) localStorage.setItem(this.#keptAt, JSON.stringify(beats.slice(-MOST_KEPT)));
      else localStorage.removeItem(this.#keptAt);
    } catch {
      // No storage or no room: this beat is lost, the page goes on.
    }
  }

  // Only what was sent: another tab may have added more in the meantime.
  #forget(sent) {
    const gone = new Set(sent.map((beat) => `${beat.client_session}/${beat.seq}`));
    this.#keep(this.#kept().filter((beat) => !gone.has(`${beat.client_session}/${beat.seq}`)));
  }
}

function stamped(beat) {
  return { recorded_at: new Date().toISOString(), ...beat };
}

// One per tab, across reloads: an id and a number that only grows.
class ClientSession {
  #key;
  #id = "";
  #seq = 0;

  constructor(learner) {
    this.#key = `cairn.session.${learner}`;
    try {
      const stored = JSON.parse(sessionStorage.getItem(this.#key) ?? "{}");
      this.#id = stored.id ?? "";
      this.#seq = stored.seq ?? 0;
    } catch {
      // No storage: a session of this page alone.
    }
    if (!this.#id) this.#renew();
  }

  // A duplicated tab starts with a copy of this session: whoever comes second takes a new one.
  claim() {
    if (!navigator.locks) return Promise.resolve();
    return new Promise((ready) => {
      navigator.locks.request(`cairn.session.${this.#id}`, { ifAvailable: true }, (lock) => {
        if (!lock) this.#renew();
        ready();
        return lock ? new Promise(() => {}) : undefined;
      }).catch(ready);
    });
  }

  next() {
    this.#seq += 1;
    this.#store();
    return { client_session: this.#id, seq: this.#seq };
  }

  #renew() {
    this.#id = uuid();
    this.#seq = 0;
    this.#store();
  }

  #store() {
    try {
      sessionStorage.setItem(this.#key, JSON.stringify({ id: this.#id, seq: this.#seq }));
    } catch {
      // See above.
    }
  }
}

// crypto.randomUUID is missing on plain http addresses other than localhost.
function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
