// One per tab, across reloads: an id and a number that only grows. The server takes each number once.
export class Tab {
  #key;
  #id = "";
  #seq = 0;
  #release;

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

  // A duplicated tab starts with a copy of this session: whoever comes second takes a new one. The lock is held as long
  // as the page lives; `#release` is never called, but without it the promise, and the lock with it, is swept away.
  claim() {
    if (!navigator.locks) return Promise.resolve();
    return new Promise((ready) => {
      navigator.locks.request(`cairn.session.${this.#id}`, { ifAvailable: true }, (lock) => {
        if (!lock) this.#renew();
        ready();
        return lock ? new Promise((release) => (this.#release = release)) : undefined;
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
