// What is celebrated, in which words: from an answer to this page, or from the live stream. Both may tell the same, in
// either order; each is shown once (toasts.js).
import { addXp, lookUp, setStreak } from "./counters.js";
import { chime } from "./sound.js";
import { toast } from "./toasts.js";

const AN_HOUR = 3_600_000; // "today's first session" comes again tomorrow
const A_MOMENT = 15_000; // the page and its certificate tell the same
const A_WHILE = 1000;

// An answer of `/api/learner/track-lesson/` or of a practice. The stream may have told the new sum of XP already, so the
// sum is asked for; without a connection it is what was shown and this.
export async function celebrate({ new_achievements: badges = [], milestones = [], xp_awarded: xp = 0, streak, stats }) {
  setStreak(streak ?? stats?.current_streak);
  if (!badges.length && !milestones.length && !xp) return;
  const numbers = await lookUp();
  if (!numbers) addXp(xp);
  const toasts = [...badges.map((badge) => ofBadge(badge, numbers)), ...milestones.map(ofMilestone)];
  if (numbers?.celebrates !== false && toasts.filter(toast).length) chime();
  moved();
}

export async function celebrateCourse({ title, text, href }) {
  const numbers = await now();
  if (numbers?.celebrates === false) return;
  if (toast({ id: "course", again: A_MOMENT, sign: "certificate", title, text, href, isGrand: true })) chime();
}

// The learner's switches may have changed in another tab: they are asked for, once for everything that comes together.
let asked = null;

function now() {
  asked ??= lookUp().finally(() => setTimeout(() => (asked = null), A_WHILE));
  return asked;
}

// What the stream tells, as far as the learner wants to see it.
const wanted = {
  achievement: (badge, on, numbers) => on.toasts && on.badges && toast(ofBadge(badge, numbers)),
  milestone: (one, on) => on.toasts && (on.streaks || !one.key.startsWith("streak_")) && toast(ofMilestone(one)),
  notification: (row, on) => (SPECIAL[row.kind] ?? bar)(row, on),
};
// A badge and a milestone are celebrated by events of their own; what comes quietly is not celebrated.
const SPECIAL = {
  badge: () => false,
  milestone: () => false,
  level: (row, on) => on.toasts && on.xp && !row.quiet && toast({ ...ofRow(row), sign: "level" }),
  certificate: (row, on) => (on.toasts && !row.quiet ? void celebrateCourse(ofRow(row)) : bar(row)),
  streak: (row, on) => on.streaks && bar(row),
  welcome: () => false, // the page on which somebody enrols says it
};

export async function celebrateTold(kind, data) {
  const numbers = await now();
  const shown = numbers && wanted[kind](data, numbers.shown, numbers);
  if (shown && kind !== "notification") chime();
}

function bar(row) {
  return toast({ ...ofRow(row), sign: "bell", isBar: true });
}

function ofRow({ id, title, body, url }) {
  return { id: `notification:${id}`, title, text: body, href: url };
}

function ofBadge({ key, title, description, course, earned_at: at }, numbers) {
  const id = `badge:${key}:${course ?? ""}:${Math.floor(Date.parse(at) / 1000)}`;
  return { id, title, text: description, isGrand: numbers?.rare_badges.includes(key), badge: key };
}

function ofMilestone({ key, title, value }) {
  return { id: `milestone:${key}:${value}`, again: AN_HOUR, sign: "flame", title };
}

export function moved() {
  document.body.dispatchEvent(new CustomEvent("cairn:moved"));
}
