"""One learner's days as facts: what the lesson's page would have left behind, had it been open."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

from learning import video
from learning.beats import VIEW_AGAIN_AFTER, milliseconds
from learning.demo.replies import Reply
from learning.kinds import VIDEO_COVERAGE_NEEDED, percent_hundredths
from learning.models import (
    Course,
    Enrollment,
    Lesson,
    LessonProgress,
    LessonView,
    PracticeAttempt,
    StudyClock,
    StudyTime,
    User,
)
from learning.services.practice import ABANDONED_AFTER
from learning.services.video import SLACK_SECONDS
from learning.zones import day_at, zone

# Zones differ by whole quarters of an hour, so a quarter lies in one hour and in one day, whoever's it is.
QUARTER = dt.timedelta(minutes=15)
_Hour = tuple[int, int, dt.datetime, dt.date, dt.date]


@dataclass(frozen=True)
class Path:
    """A course as the demo walks through it: its published lessons in order, and the replies to its questions."""

    course: Course
    lessons: tuple[Lesson, ...]
    replies: dict[int, tuple[Reply, ...]]

    @property
    def required(self) -> set[int]:
        return {lesson.pk for lesson in self.lessons if lesson.is_required}


@dataclass
class Journal:
    """Writes one learner's facts, in the order in which they happened. Visits must not overlap."""

    learner: User
    enrollments: dict[int, Enrollment] = field(default_factory=dict)
    progress: dict[int, LessonProgress] = field(default_factory=dict)
    views: list[LessonView] = field(default_factory=list)
    attempts: list[PracticeAttempt] = field(default_factory=list)
    seconds: Counter[_Hour] = field(default_factory=Counter)
    plays: Counter[tuple[int, int]] = field(default_factory=Counter)
    rewatches: Counter[tuple[int, int]] = field(default_factory=Counter)
    stops: Counter[tuple[int, int]] = field(default_factory=Counter)
    last: tuple[dt.datetime, int] | None = None

    def enroll(self, path: Path, at: dt.datetime) -> None:
        self.enrollments[path.course.pk] = Enrollment(learner=self.learner, course=path.course, started_at=at)

    def leave(self, path: Path, at: dt.datetime) -> None:
        self.enrollments[path.course.pk].left_at = at

    def is_done(self, lesson: Lesson) -> bool:
        return lesson.pk in self.progress and self.progress[lesson.pk].completed_at is not None

    def spent(self, lesson: Lesson) -> int:
        """Seconds in this lesson so far."""
        return self.progress[lesson.pk].seconds if lesson.pk in self.progress else 0

    def visit(self, path: Path, lesson: Lesson, start: dt.datetime, seconds: int) -> dt.datetime:
        """Be in the lesson from `start` on for so long; the instant of leaving it."""
        end = start + dt.timedelta(seconds=seconds)
        mine = self.progress.setdefault(lesson.pk, LessonProgress(learner=self.learner, lesson=lesson))
        if mine.last_seen_at is None or mine.last_seen_at < start - VIEW_AGAIN_AFTER:
            self._view(path, lesson, start)
            mine.opened_at = start
        mine.last_seen_at = end
        mine.seconds += seconds
        self._book(path, lesson, start, end)
        place = self.enrollments[path.course.pk]
        place.first_activity_at = place.first_activity_at or start
        place.last_accessed_at = end
        self.last = (end, seconds)
        return end

    def watch(self, path: Path, lesson: Lesson, start: dt.datetime, played: tuple[float, float], seconds: int) -> None:
        """Play this range of a video, with the pauses in it; enough of it completes the lesson."""
        end = self.visit(path, lesson, start, seconds)
        mine = self.progress[lesson.pk]
        before = [(float(a), float(b)) for a, b in mine.ranges]
        for minute in video.minutes([played]):
            self.plays[lesson.pk, minute] += 1
            if any(a <= minute * 60 and b >= min(minute * 60 + 60, lesson.duration_seconds) for a, b in before):
                self.rewatches[lesson.pk, minute] += 1
        mine.ranges = [list(pair) for pair in video.merge([*before, played])]
        mine.position = played[1]
        mine.coverage = Decimal(str(video.coverage(mine.ranges, lesson.duration_seconds)))
        if played[1] < lesson.duration_seconds - SLACK_SECONDS:
            self.stops[lesson.pk, int(played[1] // 60)] += 1
        if mine.coverage >= VIDEO_COVERAGE_NEEDED:
            self.complete(path, lesson, end)

    def complete(self, path: Path, lesson: Lesson, at: dt.datetime) -> None:
        """Finish the lesson, and the course with it where it was the last one. Again: nothing."""
        if self.is_done(lesson):
            return
        local = at.astimezone(zone(self.learner.zone_at(at)))
        self.progress[lesson.pk].complete_on(at, day=local.date(), hour=local.hour)
        place = self.enrollments[path.course.pk]
        done = {pk for pk, mine in self.progress.items() if mine.completed_at}
        if place.completed_at is None and path.required <= done:
            place.completed_at = at

    def start_attempt(self, path: Path, lesson: Lesson, at: dt.datetime) -> PracticeAttempt:
        """The attempt to go on with, or a new one; who lets it lie for a day begins anew."""
        for attempt in self.attempts:
            if attempt.lesson_id == lesson.pk and not (attempt.finished_at or attempt.abandoned_at):
                if attempt.started_at >= at - ABANDONED_AFTER:
                    return attempt
                attempt.abandoned_at = at
        asked = [reply.question for reply in path.replies[lesson.pk]]
        self.attempts.append(PracticeAttempt(learner=self.learner, lesson=lesson, started_at=at, question_ids=asked))
        return self.attempts[-1]

    def finish_attempt(
        self, path: Path, lesson: Lesson, attempt: PracticeAttempt, right: list[bool], at: dt.datetime
    ) -> None:
        """Answer each question rightly or wrongly, as `right` says."""
        replies = list(zip(path.replies[lesson.pk], right, strict=True))
        attempt.answers = {str(reply.question): reply.answers[well] for reply, well in replies}
        attempt.results = [reply.marks[well] for reply, well in replies]
        attempt.score = Decimal(percent_hundredths(sum(right), len(right))) / 100
        attempt.passed = attempt.score >= lesson.pass_mark
        attempt.finished_at, attempt.day = at, self.learner.day_at(at)
        if attempt.passed:
            self.complete(path, lesson, at)

    def clock(self) -> StudyClock | None:
        if self.last is None:
            return None
        end, seconds = self.last
        return StudyClock(
            learner=self.learner,
            credited_until=milliseconds(end),
            last_credit=min(seconds, 60),
            day=max(day for _, _, _, day, _ in self.seconds),
        )

    def study_time(self) -> list[StudyTime]:
        return [
            StudyTime(
                learner=self.learner, course_id=course, lesson_id=lesson, hour=hour, day=day, course_day=course_day,
                seconds=seconds,
            )
            for (course, lesson, hour, day, course_day), seconds in self.seconds.items()
        ]  # fmt: skip

    def _view(self, path: Path, lesson: Lesson, at: dt.datetime) -> None:
        course_day = day_at(at, path.course.time_zone)
        view = LessonView(
            learner=self.learner, lesson=lesson, at=at, day=self.learner.day_at(at), course_day=course_day
        )
        self.views.append(view)

    def _book(self, path: Path, lesson: Lesson, start: dt.datetime, end: dt.datetime) -> None:
        while start < end:
            hour = start.replace(minute=0, second=0, microsecond=0)
            until = min(end, hour + QUARTER * ((start - hour) // QUARTER + 1))
            day, course_day = self.learner.day_at(start), day_at(start, path.course.time_zone)
            passed = int((until - start).total_seconds())
            self.seconds[path.course.pk, lesson.pk, hour, day, course_day] += passed
            start = until
