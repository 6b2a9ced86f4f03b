// The player's keys. They never take a key from a field, an open dialog or a focused control, and can be switched off.
const TYPING = "input, textarea, select, [contenteditable], dialog, [popover]:popover-open";
const PRESSED = "button, a, summary, [role=button], video";

const ACTS = {
  " ": toggle,
  k: toggle,
  ArrowLeft: (video) => jump(video, -5),
  ArrowRight: (video) => jump(video, 5),
  j: (video) => jump(video, -10),
  l: (video) => jump(video, 10),
  m: (video) => (video.muted = !video.muted),
  c: switchCaptions,
  f: switchFullScreen,
  "<": (video) => changeSpeed(-1),
  ">": (video) => changeSpeed(1),
};
const HELD = new Set(["ArrowLeft", "ArrowRight", "j", "l"]);

export function setUpKeys({ video, remember, remembered }) {
  const help = document.querySelector("[data-keys]");
  const wanted = help.querySelector("[data-keys-wanted]");
  wanted.checked = remembered("keys") !== "off";
  wanted.addEventListener("change", () => remember("keys", wanted.checked ? "on" : "off"));
  document.querySelector("[data-keys-open]").addEventListener("click", () => help.showModal());
  document.addEventListener("keydown", (event) => {
    if (!wanted.checked || isSomebodyElses(event)) return;
    if (event.key === "?") help.showModal();
    else if (!ACTS[event.key]) return;
    else if (!event.repeat || HELD.has(event.key)) ACTS[event.key](video, remember);
    event.preventDefault();
  });
}

function isSomebodyElses({ defaultPrevented, metaKey, ctrlKey, altKey, key, target }) {
  if (defaultPrevented || metaKey || ctrlKey || altKey || target.closest?.(TYPING)) return true;
  // A focused control is pressed with the space bar, and the browser's own controls move with the arrows.
  return Boolean(target.closest?.(PRESSED)) && (key === " " || (target.localName === "video" && key.startsWith("Arrow")));
}

function toggle(video) {
  if (video.paused) video.play();
  else video.pause();
}

function jump(video, seconds) {
  const last = Number.isFinite(video.duration) ? video.duration : Infinity;
  video.currentTime = Math.min(last, Math.max(0, video.currentTime + seconds));
}

// Remembered here and now: the track's own event comes later, and not at all before the film has data.
function switchCaptions({ textTracks: [captions] }, remember) {
  if (!captions) return;
  captions.mode = captions.mode === "showing" ? "disabled" : "showing";
  remember("captions", captions.mode);
}

function switchFullScreen(video) {
  if (document.fullscreenElement) document.exitFullscreen();
  else video.requestFullscreen?.();
}

function changeSpeed(by) {
  const speed = document.querySelector("[data-speed]");
  speed.selectedIndex = Math.min(speed.length - 1, Math.max(0, speed.selectedIndex + by));
  speed.dispatchEvent(new Event("change"));
}
