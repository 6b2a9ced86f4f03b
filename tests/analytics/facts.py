"""Facts as a test wants them: study, completions and attempts of chosen days."""

from __future__ import annotations

import datetime as dt

from learning.models import Course, Enrollment, Lesson, LessonProgress, PracticeAttempt, StudyTime, User
from learning.services.enrollment import enroll

MONDAY = dt.date(2026, 3, 2)


def noon(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(12), tzinfo=dt.UTC)


def joined(learner: User, course: Course, day: dt.date) -> Enrollment:
    return enroll(learner=learner, course=course, at=noon(day))[0]


def studied(learner: User, course: Course, *days: dt.date, seconds: int = 1200) -> None:
    """Some study on each of these days, in the first lesson."""
    lesson = Lesson.objects.filter(course=course).in_order().first()
    StudyTime.objects.bulk_create(
        StudyTime(
            learner=learner, course=course, lesson=lesson, hour=noon(day), day=day, course_day=day, seconds=seconds
        )
        for day in days
    )


def completed(learner: User, lesson: Lesson, day: dt.date, *, seconds: int = 300) -> None:
    LessonProgress.objects.create(
        learner=learner,
        lesson=lesson,
        seconds=seconds,
        last_seen_at=noon(day),
        completed_at=noon(day),
        completed_day=day,
        completed_hour=12,
    )


def attempted(learner: User, lesson: Lesson, day: dt.date, *, score: int) -> None:
    PracticeAttempt.objects.create(
        learner=learner,
        lesson=lesson,
        started_at=noon(day),
        finished_at=noon(day),
        day=day,
        score=score,
        passed=score >= lesson.pass_mark,
    )


def days(first: dt.date, *offsets: int) -> list[dt.date]:
    return [first + dt.timedelta(days=n) for n in offsets]
