"""One learner's ninety days: sitting down, going on where they stopped, failing, trying again, finishing."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from random import Random

from learning import zones
from learning.demo.habits import Sitting, Temper, first_day, sittings, somebodys_temper
from learning.demo.journal import Journal, Path
from learning.kinds import LessonKind
from learning.models import Lesson, User

PATIENCE = 60  # seconds: nobody opens a lesson for less
QUESTION_SECONDS = 55


@dataclass
class Life:
    """A learner on their way through some courses, told by dice until `at`."""

    journal: Journal
    paths: list[Path]
    temper: Temper
    dice: Random
    at: dt.datetime

    def __post_init__(self) -> None:
        self.wanted = list(self.paths)
        self.taken: list[Path] = []
        self.free_from = dt.datetime.min.replace(tzinfo=dt.UTC)
        self.needs: dict[int, int] = {}
        self.given_up: list[Path] = []

    def begin(self, day: dt.date) -> None:
        """Enrol on that day, a little before sitting down."""
        hour = self.dice.choice(self.temper.hours)[0]
        self._take(_instant(self.journal.learner, day, max(0.0, hour - 3)))

    def sit(self, sitting: Sitting) -> None:
        """One sitting: lesson after lesson, until they have had enough of it for that day."""
        now = max(_instant(self.journal.learner, sitting.day, sitting.hour), self.free_from)
        until = now + dt.timedelta(minutes=sitting.minutes)
        for _ in range(sitting.lessons):
            before, left = now, int((until - now).total_seconds())
            if left < PATIENCE:
                break
            now = self._go_on(now, left)
            if now == before:
                break
            self.free_from = now = now + dt.timedelta(seconds=self.dice.randint(8, 75))

    def go(self, day: dt.date) -> None:
        """Leave the course, having stopped some days before."""
        since = max(day, self.journal.learner.day_at(self.free_from)) + dt.timedelta(days=2)
        moment = _instant(self.journal.learner, since, self.dice.uniform(9, 21))
        if moment <= self.at and not self.journal.enrollments[self.taken[-1].course.pk].completed_at:
            self.journal.leave(self.taken[-1], moment)

    def _take(self, now: dt.datetime) -> None:
        path = self.wanted.pop(0)
        self.journal.enroll(path, now)
        self.taken.append(path)
        self.free_from = max(self.free_from, now + dt.timedelta(seconds=20))

    def _go_on(self, now: dt.datetime, left: int) -> dt.datetime:
        """The next thing to do; the instant at which it was done, which is `now` when there is nothing."""
        found = self._next()
        if found is None and self.wanted and now < self.at:
            self._take(now)
            now = now + dt.timedelta(seconds=20)
            found = self._next()
        if found is None:
            return self._again(now, left)
        end = self._learn(*found, now, left)
        if end > now and self.dice.random() < self.temper.habit.gives_up:
            self.given_up.append(found[0])
        return end

    def _next(self) -> tuple[Path, Lesson] | None:
        for path in (path for path in self.taken if path not in self.given_up):
            for lesson in path.lessons:
                is_wanted = lesson.is_required or self.temper.curiosity > 0.4
                if is_wanted and not self.journal.is_done(lesson):
                    return path, lesson
        return None

    def _learn(self, path: Path, lesson: Lesson, now: dt.datetime, left: int) -> dt.datetime:
        """Stay until the lesson is done or the time is over; leave no trace of what would end after `at`."""
        need = self._need(lesson) - self.journal.spent(lesson)
        seconds = min(max(need, PATIENCE), left)
        end = now + dt.timedelta(seconds=seconds)
        if end > self.at:
            return now
        if lesson.kind == LessonKind.VIDEO and lesson.duration_seconds:
            self._watch(path, lesson, now, seconds)
        elif lesson.kind == LessonKind.PRACTICE:
            self._practise(path, lesson, now, seconds, finish=seconds >= need)
        else:
            self.journal.visit(path, lesson, now, seconds)
            if seconds >= need:
                self.journal.complete(path, lesson, end)
        return end

    def _need(self, lesson: Lesson) -> int:
        """How long this person takes for this lesson, in all."""
        if lesson.pk not in self.needs:
            noise = self.dice.triangular(0.7, 1.5, 0.95)
            seconds = round(lesson.estimated_minutes * 60 * self.temper.tempo * noise)
            if lesson.kind == LessonKind.VIDEO and lesson.duration_seconds:
                seconds = round(lesson.duration_seconds * self.dice.triangular(1.02, 1.4, 1.08))
            self.needs[lesson.pk] = max(seconds, lesson.min_seconds, PATIENCE)
        return self.needs[lesson.pk]

    def _watch(self, path: Path, lesson: Lesson, now: dt.datetime, seconds: int) -> None:
        """On from where it stopped; what pauses take is time, and no part of the film."""
        mine = self.journal.progress.get(lesson.pk)
        start = mine.position if mine and mine.position < lesson.duration_seconds else 0.0
        rate = self._need(lesson) / lesson.duration_seconds
        end = min(float(lesson.duration_seconds), round(start + seconds / rate, 1))
        self.journal.watch(path, lesson, now, (start, end), seconds)

    def _practise(self, path: Path, lesson: Lesson, now: dt.datetime, seconds: int, *, finish: bool) -> None:
        """Some fail at first; the next time they know more. Who has no time left leaves the attempt open."""
        tries = sum(a.lesson_id == lesson.pk and a.finished_at is not None for a in self.journal.attempts)
        attempt = self.journal.start_attempt(path, lesson, now)
        end = self.journal.visit(path, lesson, now, seconds)
        if not finish:
            return
        chance = min(0.95, self.temper.skill - 0.12 + 0.1 * min(tries, 2))
        right = [self.dice.random() < chance for _ in path.replies[lesson.pk]]
        self.journal.finish_attempt(path, lesson, attempt, right, end)
        if not attempt.passed:
            self.needs[lesson.pk] = self.journal.spent(lesson) + QUESTION_SECONDS * len(right)

    def _again(self, now: dt.datetime, left: int) -> dt.datetime:
        """Nothing new is left: practise again, or read again what was good; once in a sitting."""
        if self.given_up or self.dice.random() > self.temper.habit.again:
            return now
        done = [(path, lesson) for path in self.taken for lesson in path.lessons if self.journal.is_done(lesson)]
        practices = [(path, lesson) for path, lesson in done if lesson.kind == LessonKind.PRACTICE]
        wants_practice = self.dice.random() < self.temper.habit.practises
        path, lesson = self.dice.choice(practices if practices and wants_practice else done)
        seconds = min(left, round(lesson.estimated_minutes * 60 * self.dice.uniform(0.3, 0.9)))
        end = now + dt.timedelta(seconds=seconds)
        if end > self.at:
            return now
        if lesson.kind == LessonKind.PRACTICE:
            self._practise(path, lesson, now, seconds, finish=True)
        elif lesson.kind == LessonKind.VIDEO and lesson.duration_seconds:
            self.journal.watch(path, lesson, now, (0.0, round(min(seconds, lesson.duration_seconds) * 0.9, 1)), seconds)
        else:
            self.journal.visit(path, lesson, now, seconds)
        return end


def live(learner: User, paths: list[Path], *, dice: Random, at: dt.datetime) -> Journal:
    """What this learner did until `at`. The same dice on the same day throw the same life."""
    temper = somebodys_temper(dice)
    wanted = dice.sample(paths, k=min(len(paths), dice.randint(*temper.habit.courses)))
    life = Life(Journal(learner), wanted, temper, dice, at)
    today = learner.day_at(at)
    first = first_day(temper, today, dice)
    life.begin(first)
    for sitting in sittings(temper, first, today, dice):
        life.sit(sitting)
    if dice.random() < temper.habit.leaves:
        life.go(first)
    return life.journal


def _instant(learner: User, day: dt.date, hour: float) -> dt.datetime:
    """That hour of the learner's day; one past 24 is in the night after it."""
    local = dt.datetime.combine(day, dt.time()) + dt.timedelta(seconds=round(hour * 3600))
    return local.replace(tzinfo=zones.zone(learner.time_zone)).astimezone(dt.UTC)
