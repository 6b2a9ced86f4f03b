// The player for everybody who sees a video: speed, captions, keys. Choices stay in this browser.
import { setUpKeys } from "./keys.js";

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
  let mode = remembered("captions");
  if (mode) captions.mode = mode;
  video.addEventListener("loadeddata", () => (mode = captions.mode), { once: true });
  video.textTracks.addEventListener("change", () => {
    if (mode && captions.mode !== mode) remember("captions", (mode = captions.mode));
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
