"""A learner's progress through one course: modules, time, pace, when it may be done."""

from __future__ import annotations

import datetime as dt
from math import ceil
from typing import Any

from analytics.selectors.path import Step, seconds_left, steps
from learning.kinds import LessonStatus, percent_hundredths
from learning.models import Certificate, Enrollment, Module, User

VELOCITY_WEEKS = 4


def course_progress(learner: User, enrollment: Enrollment, *, at: dt.datetime) -> dict[str, Any]:
    """The progress page as API.md fixes it; 3 queries beside the enrolment."""
    path = steps(learner, [enrollment.course_id]).get(enrollment.course_id, [])
    return {
        "course": enrollment.course_id,
        "enrollment": enrollment.state,
        "modules": _modules(enrollment.course_id, path),
        "stats": _stats(learner, enrollment, path, today=learner.day_at(at)),
        "certificate": _certificate(enrollment),
    }


def _modules(course: int, path: list[Step]) -> list[dict[str, Any]]:
    by_module: dict[int, list[Step]] = {}
    for step in path:
        by_module.setdefault(step.module, []).append(step)
    modules = Module.objects.filter(course=course).order_by("position", "id")
    return [_module(m, by_module[m.pk]) for m in modules if m.pk in by_module]


def _module(module: Module, path: list[Step]) -> dict[str, Any]:
    required = [s for s in path if s.is_required]
    done = sum(1 for s in required if s.completed_at)
    return {
        "id": module.pk,
        "title": module.title,
        "percent": percent_hundredths(done, len(required)) / 100,
        "lessons": [_lesson(s) for s in path],
    }


def _lesson(step: Step) -> dict[str, Any]:
    return {
        "id": step.lesson,
        "title": step.title,
        "slug": step.slug,
        "kind": step.kind,
        "is_required": step.is_required,
        "minutes": step.minutes,
        "status": _status(step),
        "seconds": step.seconds,
        "completed_at": step.completed_at,
    }


def _status(step: Step) -> LessonStatus:
    if step.completed_at:
        return LessonStatus.COMPLETED
    return LessonStatus.IN_PROGRESS if step.last_seen_at else LessonStatus.NOT_STARTED


def _stats(learner: User, enrollment: Enrollment, path: list[Step], *, today: dt.date) -> dict[str, Any]:
    done = [s for s in path if s.completed_at]
    weekly = lessons_per_week(done, since=learner.day_at(enrollment.started_at), today=today)
    remaining = sum(1 for s in path if s.is_required and not s.completed_at)
    return {
        "seconds": enrollment.seconds,
        "completed_lessons": enrollment.completed_lessons,
        "required_lessons": enrollment.required_lessons,
        "average_seconds_per_lesson": round(sum(s.seconds for s in done) / len(done)) if done else None,
        "fastest_lesson": fastest(done),
        "lessons_per_week": weekly,
        "seconds_left": seconds_left(path),
        "estimated_completion_date": _done_by(remaining, weekly, today=today),
    }


def fastest(done: list[Step]) -> dict[str, Any] | None:
    """The completed lesson with the least time; who was faster than half its minutes has not read it."""
    honest = [s for s in done if s.seconds and s.seconds >= s.minutes * 30]
    best = min(honest, key=lambda s: s.seconds, default=None)
    return {"id": best.lesson, "title": best.title, "seconds": best.seconds} if best else None


def lessons_per_week(done: list[Step], *, since: dt.date, today: dt.date) -> float:
    """Lessons completed in the last four weeks (`since` enrolling, if that is less; at least one week), per week.

    All are days of the learner's own zone.
    """
    since = max(today - dt.timedelta(weeks=VELOCITY_WEEKS) + dt.timedelta(days=1), since)
    weeks = max(1.0, ((today - since).days + 1) / 7)
    recent = sum(1 for s in done if s.completed_day and s.completed_day >= since)
    return round(recent / weeks, 2)


def _done_by(remaining: int, weekly: float, *, today: dt.date) -> dt.date | None:
    """Today plus what is left at that velocity; None when nothing is left or nothing moves."""
    if not remaining or not weekly:
        return None
    return today + dt.timedelta(days=min(ceil(remaining / weekly * 7), 3650))


def _certificate(enrollment: Enrollment) -> dict[str, Any] | None:
    certificate = Certificate.objects.filter(enrollment=enrollment).first()
    if certificate is None:
        return None
    return {"uuid": certificate.uuid, "issued_at": certificate.issued_at, "valid": certificate.revoked_at is None}
