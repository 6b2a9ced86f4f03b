"""Real learners of another platform, as facts of ours: to ask how well the risk score orders them.

The activity comes in the format of the Open University Learning Analytics dataset. A click is 30 seconds of study, up
to four hours a day; an assessment is a practice, and what was handed in an attempt at it. Nothing that happened after
the day is loaded, no outcome and nothing about who they are is read.
"""

from __future__ import annotations

import csv
import datetime as dt
import gzip
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from analytics.ranking import scores
from analytics.selectors.facts_of_risk import Span, facts
from learning.kinds import CourseState, LessonKind
from learning.models import Course, Enrollment, Lesson, LessonProgress, Module, PracticeAttempt, StudyTime, User

FIRST_DAY = dt.date(2013, 10, 1)  # days are told from a course's start; any start will do
SECONDS_A_CLICK = 30
MOST_A_DAY = 4 * 3600
AN_HOUR = 3600
FIRST_HOUR = 9
PASS_MARK = 40
BATCH = 5000


class NoSuchActivity(Exception):
    """The folder does not hold what is asked for; says what is missing."""


@dataclass(frozen=True)
class Activity:
    """A folder of activity, and whose of it is read: one presentation of one module, up to a day."""

    folder: Path
    module: str
    presentation: str
    day: int

    def check(self) -> None:
        """Raises NoSuchActivity where a file is missing."""
        for name in ("studentRegistration", "studentVle", "assessments", "studentAssessment"):
            self._open(name).close()

    def rows(self, name: str) -> Iterator[dict[str, str]]:
        """The rows of one file that belong to the presentation; all of them where the file does not say."""
        with self._open(name) as lines:
            for row in csv.DictReader(lines):
                if row.get("code_module", self.module) != self.module:
                    continue
                if row.get("code_presentation", self.presentation) == self.presentation:
                    yield row

    def _open(self, name: str) -> IO[str]:
        plain, packed = self.folder / f"{name}.csv", self.folder / f"{name}.csv.gz"
        if plain.is_file():
            return plain.open(newline="", encoding="utf-8-sig")
        if packed.is_file():
            return gzip.open(packed, "rt", newline="", encoding="utf-8-sig")
        raise NoSuchActivity(f"{self.folder}: there is no {name}.csv and no {name}.csv.gz here.")

    def date(self, day: int) -> dt.date:
        return FIRST_DAY + dt.timedelta(days=day)

    def noon(self, day: int) -> dt.datetime:
        return dt.datetime.combine(self.date(day), dt.time(12), tzinfo=dt.UTC)


def evaluate(activity: Activity) -> list[tuple[str, float]]:
    """The score of everybody still enrolled on the day, by their id; made with what the product itself is made of."""
    course, learners = load(activity)
    found = facts(Span(course, activity.date(activity.day)))
    ranked = scores(found.signals)
    return [(who, ranked[found.cohort.place[pk]]) for who, pk in learners.items() if pk in found.cohort.place]


def load(activity: Activity) -> tuple[Course, dict[str, int]]:
    """The facts of everybody registered by the day, in a course of their own; and the learner of each id."""
    course = Course.objects.create(title="Activity", slug="activity", state=CourseState.PUBLISHED, time_zone="UTC")
    module = Module.objects.create(course=course, title="Activity")
    learners = _enrol(activity, course)
    _study(activity, course, module, learners)
    _practise(activity, module, learners)
    return course, learners


def _day(said: str | None) -> int | None:
    """A day as these files have it (`19`, `19.0`); None where there is none (empty, `?`)."""
    try:
        return int(float(said or ""))
    except ValueError:
        return None


def _enrol(activity: Activity, course: Course) -> dict[str, int]:
    """Everybody registered by the day; who unregistered by then has left. A missing registration is from the start."""
    registered = {row["id_student"]: row for row in activity.rows("studentRegistration")}
    if not registered:
        raise NoSuchActivity(f"Nobody is registered for {activity.module} {activity.presentation}.")
    came = {who: _day(row["date_registration"]) or 0 for who, row in registered.items()}
    here = [who for who, day in came.items() if day <= activity.day]
    User.objects.bulk_create((User(email=f"{who}@example.org", password="!") for who in here), batch_size=BATCH)  # noqa: S106
    ids = dict(User.objects.values_list("email", "pk"))
    learners = {who: ids[f"{who}@example.org"] for who in here}
    Enrollment.objects.bulk_create(
        (
            Enrollment(
                learner_id=pk,
                course=course,
                started_at=activity.noon(came[who]),
                left_at=_left(activity, registered[who]["date_unregistration"]),
            )
            for who, pk in learners.items()
        ),
        batch_size=BATCH,
    )
    return learners


def _left(activity: Activity, said: str) -> dt.datetime | None:
    day = _day(said)
    return activity.noon(day) if day is not None and day <= activity.day else None


def _study(activity: Activity, course: Course, module: Module, learners: dict[str, int]) -> None:
    """Clicks of a day, as hours of study from nine o'clock on."""
    lesson = Lesson.objects.create(module=module, title="Pages", slug="pages")
    clicks: Counter[tuple[str, int]] = Counter()
    for row in activity.rows("studentVle"):
        day = _day(row["date"])
        if day is not None and day <= activity.day and row["id_student"] in learners:
            clicks[row["id_student"], day] += int(float(row["sum_click"]))
    hours = (
        StudyTime(
            learner_id=learners[who],
            course=course,
            lesson=lesson,
            hour=dt.datetime.combine(activity.date(day), dt.time(FIRST_HOUR + n), tzinfo=dt.UTC),
            day=activity.date(day),
            course_day=activity.date(day),
            seconds=seconds,
        )
        for (who, day), number in clicks.items()
        for n, seconds in enumerate(_hours(min(number * SECONDS_A_CLICK, MOST_A_DAY)))
    )
    StudyTime.objects.bulk_create(hours, batch_size=BATCH)


def _hours(seconds: int) -> list[int]:
    whole, rest = divmod(seconds, AN_HOUR)
    return [AN_HOUR] * whole + [rest] * (rest > 0)


def _practise(activity: Activity, module: Module, learners: dict[str, int]) -> None:
    """What was handed in: a finished attempt, and a completed lesson where it was passed."""
    practices = {
        row["id_assessment"]: Lesson.objects.create(
            module=module,
            title=row["id_assessment"],
            slug=f"assessment-{row['id_assessment']}",
            kind=LessonKind.PRACTICE,
            pass_mark=PASS_MARK,
        )
        for row in activity.rows("assessments")
    }
    attempts: list[PracticeAttempt] = []
    for row in activity.rows("studentAssessment"):
        day, lesson = _day(row["date_submitted"]), practices.get(row["id_assessment"])
        if lesson is not None and day is not None and day <= activity.day and row["id_student"] in learners:
            attempts.append(_attempt(activity, learners[row["id_student"]], lesson, day, row["score"]))
    PracticeAttempt.objects.bulk_create(attempts, batch_size=BATCH)
    passed = {(a.learner_id, a.lesson_id): a for a in reversed(attempts) if a.passed}
    LessonProgress.objects.bulk_create(
        (
            LessonProgress(
                learner_id=learner,
                lesson_id=lesson,
                last_seen_at=a.finished_at,
                completed_at=a.finished_at,
                completed_day=a.day,
                completed_hour=12,
            )
            for (learner, lesson), a in passed.items()
        ),
        batch_size=BATCH,
    )


def _attempt(activity: Activity, learner: int, lesson: Lesson, day: int, said: str) -> PracticeAttempt:
    try:
        score = min(100.0, max(0.0, float(said)))
    except ValueError:
        score = 0.0  # handed in, and worth nothing so far
    noon = activity.noon(day)
    return PracticeAttempt(
        learner_id=learner,
        lesson=lesson,
        started_at=noon,
        finished_at=noon,
        day=activity.date(day),
        score=score,
        passed=score >= PASS_MARK,
    )
