// A lesson's page while a learner is on it: time and video go out as beats, the answers come back onto the page.
import { Beats } from "./beats.js";
import { Presence } from "./presence.js";
import { announce, announceMissing, csrfToken, lesson, showAnswer, showKept, showMissing } from "./standing.js";
import { Watching } from "./watching.js";

const BEAT_EVERY = 30;
const SAVE_VIDEO_EVERY = 10_000;

const video = document.querySelector("[data-video]");
const watching = video && new Watching({ video, data: video.closest("[data-lesson]").dataset, onMoved: () => send({ even: true }) });
const presence = new Presence({ isPlaying: () => Boolean(watching?.isPlaying) });
const beats = new Beats({ url: lesson.trackUrl, csrf: csrfToken(), learner: lesson.learner, onKept: showKept });
let sentAt = performance.now();
let isSecondChance = false;

// What happened since the last beat; null when nothing did.
function collect({ completed = false, even = false, leaving = false } = {}) {
  const seen = leaving ? watching?.leave() : watching?.take();
  const beat = { lesson: lesson.id, seconds: presence.take(), ...seen };
  if (completed) beat.completed = true;
  const isEmpty = !beat.seconds && !beat.ranges?.length && !completed && !even;
  return isEmpty ? null : beat;
}

async function send(options) {
  const beat = collect(options);
  if (!beat) return undefined;
  sentAt = performance.now();
  try {
    const answer = await beats.send(beat);
    isSecondChance = false;
    watching?.confirm(beat.ranges);
    show(answer);
    return answer;
  } catch (problem) {
    retry(beat, problem);
    return undefined;
  }
}

function show(answer) {
  showAnswer(answer);
  const mine = [answer?.lesson_progress].flat().find((one) => one?.lesson === lesson.id);
  if (mine?.coverage) watching?.showCoverage(mine.coverage);
}

// Refused for good: nothing that a learner could do about it. Only ranges that came too soon may come once more.
function retry(beat, problem) {
  const isAboutRanges = problem?.errors?.some(({ field }) => field === "ranges");
  const isTaken = isAboutRanges && !isSecondChance && watching.giveBack(beat);
  isSecondChance = Boolean(isTaken);
  if (isTaken) presence.giveBack(beat.seconds);
}

function leave() {
  const beat = collect({ leaving: true });
  if (beat) beats.leave(beat);
}

function tick() {
  const isDue = watching?.isPlaying ? performance.now() - sentAt >= SAVE_VIDEO_EVERY : presence.seconds >= BEAT_EVERY;
  if (isDue) send();
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

function flush() {
  return beats.flush().then(show);
}

document.querySelector("[data-complete]")?.addEventListener("submit", complete);
document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && send());
document.addEventListener("cairn:practised", () => send({ even: true }));
window.addEventListener("pagehide", leave);
window.addEventListener("online", flush);
setInterval(tick, 1000);
flush();
