// The live stream (docs/live.md). One tab of a browser listens and tells the others; where a browser can't agree on one,
// every tab listens for itself. Whoever takes over goes on where the last one was.
const KINDS = ["begun", "notification", "achievement", "milestone", "stats", "course", "reset", "studied"];
const REST = { first: 25_000, longest: 600_000 };
const TRIES = 3;
const PLACE_LASTS = 60_000; // after the page before this one went
let stream = null;

// Calls `hear(kind, data)` for everything that is told; `reset` also when something may have been missed, as by the first
// page of a visit: it was made before it listened.
export function follow(address, person, hear) {
  stream ??= new Stream(address, `cairn.live.${person}`, hear);
}

// Says at once to the other tabs of this browser that study time was credited here; other devices hear it by the stream.
export function tellOfStudy() {
  stream?.tellOfStudy();
}

// Whether news come by themselves. While they don't, pages ask as if there were no stream.
export function isLive() {
  return stream?.isLive ?? false;
}

class Stream {
  isLive = false;
  #address;
  #name;
  #hear;
  #place;
  #source;
  #channel;
  #leads = false;
  #joined = false;
  #failures = 0;
  #rest = REST.first;
  #timer;
  #quit;

  constructor(address, name, hear) {
    this.#address = address;
    this.#name = name;
    this.#hear = hear;
    this.#place = remembered(name);
    addEventListener("pagehide", () => this.#stop());
    addEventListener("pageshow", ({ persisted }) => persisted && this.#start());
    addEventListener("offline", () => this.#close());
    addEventListener("online", () => this.#open());
    this.#start();
  }

  #start() {
    this.#joined = false;
    this.#quit = new AbortController();
    if (!navigator.locks || !window.BroadcastChannel) return this.#lead();
    this.#channel = new BroadcastChannel(this.#name);
    this.#channel.onmessage = ({ data }) => this.#told(data);
    this.#channel.postMessage({ asks: true });
    const { signal } = this.#quit;
    const held = () => {
      this.#lead();
      return new Promise((release) => signal.addEventListener("abort", release));
    };
    navigator.locks.request(this.#name, { signal }, held).catch(() => signal.aborted || this.#lead());
  }

  tellOfStudy() {
    this.#channel?.postMessage({ kind: "studied", data: {} });
  }

  // Nothing is held when the page goes, so that a browser may keep it for the way back.
  #stop() {
    if (this.isLive) this.#stand(this.#place);
    this.#leads = false;
    this.#close();
    this.#quit.abort();
    this.#channel?.close();
    this.#channel = null;
  }

  #lead() {
    this.#leads = true;
    this.#open();
  }

  #open() {
    if (!this.#leads || !navigator.onLine) return;
    this.#close();
    const after = this.#place === undefined ? "" : `?after=${this.#place}`;
    this.#source = new EventSource(this.#address + after);
    this.#source.onerror = () => this.#failed();
    for (const kind of KINDS) {
      this.#source.addEventListener(kind, ({ data, lastEventId }) => {
        if (kind === "begun") return this.#begun(Number(lastEventId));
        // Study time that was credited somewhere is no event of its own, and has no place.
        this.#say({ kind, data: JSON.parse(data), place: kind === "studied" ? undefined : Number(lastEventId) });
      });
    }
  }

  #close() {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = null;
    this.#say({ isLive: false });
  }

  // What came between our place and this one has been told by now.
  #begun(begins) {
    this.#failures = 0;
    this.#rest = REST.first;
    if (this.#place !== undefined) this.#joined = true;
    this.#say({ isLive: true, begins });
  }

  // A lost connection comes back by itself, with the place. An answer that is no stream, or no answer again and again,
  // is left alone for a while: pages poll meanwhile.
  #failed() {
    this.#failures += 1;
    this.#say({ isLive: false });
    if (this.#source?.readyState !== EventSource.CLOSED && this.#failures < TRIES) return;
    this.#close();
    this.#timer = setTimeout(() => this.#open(), this.#rest * (1 + Math.random() / 4));
    this.#rest = Math.min(2 * this.#rest, REST.longest);
  }

  #say(message) {
    if (!this.#leads && message.isLive === undefined) return;
    if (this.#leads) this.#channel?.postMessage(message);
    this.#told(message);
  }

  #told({ asks, isLive: isOpen, begins, kind, data, place }) {
    if (asks && this.#leads) this.#channel?.postMessage({ isLive: this.isLive, begins: this.#place });
    if (isOpen !== undefined) this.isLive = isOpen;
    if (isOpen) this.#join(begins);
    if (!kind || (kind !== "reset" && place <= this.#place)) return;
    if (place !== undefined) this.#stand(place);
    this.#hear(kind, data);
  }

  // Everything is told to this tab from that place on. A page that was made before it looks anew, once.
  #join(begins) {
    const isBehind = this.#place === undefined || this.#place < begins;
    if (isBehind) this.#stand(begins);
    if (isBehind && !this.#joined) this.#hear("reset", {});
    this.#joined = true;
  }

  #stand(place) {
    this.#place = place;
    try {
      sessionStorage.setItem(this.#name, JSON.stringify({ place, at: Date.now() }));
    } catch {
      // Without storage the next page begins at its own moment.
    }
  }
}

// Where the page before this one stood, a moment ago: what happened on the way is told here.
function remembered(name) {
  try {
    const { place, at } = JSON.parse(sessionStorage.getItem(name) ?? "{}");
    return Date.now() - at < PLACE_LASTS ? place : undefined;
  } catch {
    return undefined;
  }
}
