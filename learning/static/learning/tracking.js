// A lesson's page while a learner is on it: time and video go out as beats, the answers come back onto the page.
import { Beats } from "./beats.js";
import { Played, reach } from "./played.js";
import { Presence } from "./presence.js";
import { announce, announceMissing, csrfToken, lesson, showAnswer, showMissing } from "./standing.js";

const BEAT_EVERY = 30;
const SAVE_VIDEO_EVERY = 10;
const RESUME_FROM = 5;

const video = document.querySelector("[data-video]");
const played = video && new Played(video);
const presence = new Presence({ isPlaying: () => Boolean(video && !video.paused && !video.ended) });
const beats = new Beats({ url: lesson.trackUrl, csrf: csrfToken(), learner: lesson.learner, onKept: showKept });
let moved = false;

// What happened since the last beat; null when nothing did.
function collect({ completed = false, even = false } = {}) {
  const beat = { lesson: lesson.id, seconds: presence.take() };
  if (video) addVideo(beat);
  if (completed) beat.completed = true;
  const isEmpty = !beat.seconds && !beat.ranges?.length && !moved && !completed && !even;
  moved = false;
  return isEmpty ? null : beat;
}

function addVideo(beat) {
  beat.ranges = played.take();
  if (Number.isFinite(video.currentTime) && video.readyState > 0) beat.position = Math.round(video.currentTime * 100) / 100;
  beat.rate = video.playbackRate;
}

async function send(options) {
  const beat = collect(options);
  if (!beat) return undefined;
  try {
    const answer = await beats.send(beat);
    showAnswer(answer);
    return answer;
  } catch {
    return undefined; // refused for good: nothing that a learner could do about it
  }
}

function leave() {
  const beat = collect();
  if (beat) beats.leave(beat);
}

function showKept(count) {
  document.querySelector("[data-offline]").hidden = count === 0;
}

function tick() {
  const due = video && !video.paused ? SAVE_VIDEO_EVERY : BEAT_EVERY;
  if (presence.seconds >= due) send();
  if (lesson.minSeconds && !lesson.isCompleted) countDown();
}

function countDown() {
  const have = lesson.seconds + presence.seconds;
  if (lesson.kind === "text" && have < lesson.minSeconds) {
    showMissing([{ what: "seconds", have, need: lesson.minSeconds }]);
  } else if (lesson.kind === "text") {
    showMissing([]);
  }
}

async function complete(event) {
  event.preventDefault();
  const button = event.target.querySelector("[data-complete-button]");
  if (button.getAttribute("aria-busy") === "true") return;
  if (lesson.seconds + presence.seconds < lesson.minSeconds) {
    announceMissing();
    return;
  }
  button.setAttribute("aria-busy", "true");
  const answer = await send({ completed: true });
  button.removeAttribute("aria-busy");
  if (answer === null) announce("kept");
  if (answer === undefined) announce("failed");
}

function followVideo() {
  const { position, status, ranges, forbidSkipping } = video.closest("[data-lesson]").dataset;
  video.addEventListener("loadedmetadata", () => resume(Number(position), status), { once: true });
  if (video.readyState > 0) resume(Number(position), status);
  for (const name of ["pause", "seeked", "ended", "ratechange"]) {
    video.addEventListener(name, () => {
      moved = true;
      send();
    });
  }
  if (forbidSkipping === "yes") holdBack(reach(JSON.parse(ranges || "[]")));
  document.addEventListener("keydown", steer);
}

function resume(position, status) {
  const worthIt = status !== "completed" && position > RESUME_FROM && position < video.duration - RESUME_FROM;
  if (worthIt) video.currentTime = position;
}

// Where the author forbids it, nobody skips past what has been watched.
function holdBack(start) {
  let furthest = start;
  video.addEventListener("timeupdate", () => {
    if (!video.seeking && video.currentTime < furthest + 3) furthest = Math.max(furthest, video.currentTime);
  });
  video.addEventListener("seeking", () => {
    if (video.currentTime > furthest + 1) video.currentTime = furthest;
  });
}

function steer(event) {
  if (event.defaultPrevented || event.target.closest("input, textarea, select, button, a, summary, video")) return;
  if (event.metaKey || event.ctrlKey || event.altKey) return;
  if (event.key === " ") video.paused ? video.play() : video.pause();
  else if (event.key === "ArrowRight") video.currentTime += 10;
  else if (event.key === "ArrowLeft") video.currentTime -= 10;
  else return;
  event.preventDefault();
}

document.querySelector("[data-complete]")?.addEventListener("submit", complete);
document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && send());
document.addEventListener("cairn:practised", () => send({ even: true }));
window.addEventListener("pagehide", leave);
window.addEventListener("online", () => beats.flush().then(showAnswer));
if (video) followVideo();
setInterval(tick, 1000);
beats.flush().then(showAnswer);
