// Shows on the page what the server answered: what is missing, the stone in the outline, progress, celebrations.
import { celebrate, celebrateCourse } from "../js/celebrations.js";
import { tellOfStudy } from "../js/stream.js";
import { clock } from "./clock.js";

const page = document.querySelector("[data-lesson]");
const words = document.querySelector("[data-words]")?.dataset ?? {};

export const lesson = page && {
  id: Number(page.dataset.lessonId),
  kind: page.dataset.kind,
  learner: page.dataset.learner,
  trackUrl: page.dataset.trackUrl,
  practiceUrl: page.dataset.practiceUrl,
  minSeconds: Number(page.dataset.minSeconds),
  get seconds() {
    return Number(page.dataset.seconds);
  },
  get isCompleted() {
    return page.dataset.status === "completed";
  },
};

export function csrfToken() {
  return document.querySelector('meta[name="csrf-token"]').content;
}

// One answer of the API, of a beat or of several.
export function showAnswer(answer) {
  if (!answer) return;
  const progress = [answer.lesson_progress].flat().find((one) => one?.lesson === lesson.id);
  const enrollment = [answer.enrollment].flat().filter(Boolean).at(-1);
  if (progress) showProgress(progress);
  if (enrollment) showEnrollment(enrollment);
  celebrate(answer);
  if (answer.credited_seconds) tellOfStudy();
}

export function showProgress(progress) {
  page.dataset.seconds = progress.seconds;
  if (progress.status === "completed") showCompleted();
  else showMissing(progress.missing);
}

export function showMissing(missing) {
  const line = document.querySelector("[data-missing]");
  const button = document.querySelector("[data-complete-button]");
  if (button) allow(button, missing.length === 0);
  if (line) say(line, missing.map(inWords).join(" "));
}

// The line counts down in silence; that it is done is said once.
function allow(button, isReady) {
  const wasReady = button.getAttribute("aria-disabled") !== "true";
  if (isReady) button.removeAttribute("aria-disabled");
  else button.setAttribute("aria-disabled", "true");
  if (isReady && !wasReady) announce("ready");
}

export function announceMissing() {
  const line = document.querySelector("[data-missing]");
  announce(words.notYet.replace("{missing}", line?.textContent ?? ""));
}

function inWords({ what, have, need }) {
  if (what === "seconds") return words.seconds.replace("{left}", clock(need - have));
  return words[what].replace("{have}", Math.floor(have)).replace("{need}", Math.floor(need));
}

export function showCompleted() {
  if (!lesson.isCompleted) say(document.querySelector("[data-announce]"), words.lessonCompleted);
  page.dataset.status = "completed";
  for (const gone of page.querySelectorAll("[data-missing], [data-complete]")) gone.hidden = true;
  for (const done of page.querySelectorAll("[data-done]")) done.hidden = false;
  page.querySelector("[data-next]")?.classList.add("next-ready");
  markStone();
}

function markStone() {
  const stone = document.querySelector("[data-here] [data-stone]");
  if (!stone) return;
  stone.className = "stone stone-completed";
  stone.querySelector("[data-stone-word]").textContent = words.completed;
}

function showEnrollment({ percent, completed_lessons: done, required_lessons: all, completed_at: finished }) {
  const bar = document.querySelector("[data-course-percent]");
  const count = document.querySelector("[data-course-lessons]");
  if (!bar || !count) return;
  bar.value = percent;
  document.querySelector("[data-course-whole]").textContent = Math.floor(percent);
  count.textContent = count.dataset.word.replace("{done}", done).replace("{all}", all);
  if (finished && page.dataset.courseDone === "no") {
    celebrateCourse({ title: words.courseCompleted, text: words.courseCompletedText });
  }
  if (finished) page.dataset.courseDone = "yes";
}

export function announce(what) {
  say(document.querySelector("[data-announce]"), words[what] ?? what);
}

// What waits on this device for a connection, in words; nothing when nothing waits.
export function showKept({ count, seconds }) {
  const line = document.querySelector("[data-offline]");
  line.hidden = count === 0;
  const time = seconds >= 60 ? words.minutes.replace("{n}", Math.round(seconds / 60)) : words.someSeconds.replace("{n}", seconds);
  if (count) say(line.querySelector("[data-offline-words]"), seconds ? words.waiting.replace("{time}", time) : words.waitingOnly);
}

function say(place, text) {
  if (place && place.textContent !== text) place.textContent = text;
}
