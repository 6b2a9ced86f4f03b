// The player for everybody who sees a video: speed, captions, keys. Choices stay in this browser.
import { setUpKeys } from "./keys.js";

const HAS_DATA = 2;

const video = document.querySelector("[data-video]");

function setUpSpeed() {
  const speed = document.querySelector("[data-speed]");
  const show = () => {
    speed.value = String(video.playbackRate);
    remember("speed", video.playbackRate);
  };
  speed.addEventListener("change", () => (video.playbackRate = Number(speed.value)));
  const before = Number(remembered("speed"));
  if ([...speed.options].some((option) => Number(option.value) === before)) {
    video.defaultPlaybackRate = video.playbackRate = before;
  }
  speed.value = String(video.playbackRate);
  video.addEventListener("ratechange", show);
}

function setUpCaptions() {
  const [captions] = video.textTracks;
  if (!captions) return;
  if (video.readyState >= HAS_DATA) followCaptions(captions);
  else video.addEventListener("loadeddata", () => followCaptions(captions), { once: true });
}

// Before there are pictures the browser chooses by itself, and that is nobody's choice.
function followCaptions(captions) {
  let mode = remembered("captions") ?? captions.mode;
  captions.mode = mode;
  video.textTracks.addEventListener("change", () => {
    if (captions.mode !== mode) remember("captions", (mode = captions.mode));
  });
}

function remember(what, value) {
  try {
    localStorage.setItem(`cairn.player.${what}`, value);
  } catch {
    // No storage: the choice holds for this page.
  }
}

function remembered(what) {
  try {
    return localStorage.getItem(`cairn.player.${what}`);
  } catch {
    return null;
  }
}

if (video) {
  setUpSpeed();
  setUpCaptions();
  setUpKeys({ video, remember, remembered });
}
