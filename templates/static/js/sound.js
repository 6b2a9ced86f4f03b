// Two soft notes with a celebration. Off until somebody turns it on; the choice stays in this browser. A browser may
// keep a page silent until it has been touched: then the notes are dropped, not played later.
const KEY = "cairn.sound";
const NOTES = [523.25, 783.99]; // C5, G5
const AT_ONCE = 500;
let audio = null;

export async function chime() {
  if (document.hidden || !isOn()) return;
  audio ??= new AudioContext();
  const asked = performance.now();
  await audio.resume();
  if (performance.now() - asked > AT_ONCE) return;
  NOTES.forEach((pitch, n) => play(pitch, audio.currentTime + n * 0.12));
}

export function setUpSound() {
  const place = document.querySelector("[data-sound]");
  if (!place) return;
  const box = place.querySelector("input");
  box.checked = isOn();
  box.addEventListener("change", () => {
    choose(box.checked);
    chime();
  });
}

function isOn() {
  try {
    return localStorage.getItem(KEY) === "on";
  } catch {
    return false;
  }
}

function choose(on) {
  try {
    if (on) localStorage.setItem(KEY, "on");
    else localStorage.removeItem(KEY);
  } catch {
    // Without storage it stays silent.
  }
}

function play(pitch, at) {
  const tone = new OscillatorNode(audio, { frequency: pitch });
  const volume = new GainNode(audio, { gain: 0 });
  volume.gain.linearRampToValueAtTime(0.08, at + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.6);
  tone.connect(volume).connect(audio.destination);
  tone.start(at);
  tone.stop(at + 0.6);
}
