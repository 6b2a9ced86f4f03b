"""Everything on a learner's dashboard, in a number of queries that does not depend on how much there is."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from decimal import ROUND_HALF_UP, Decimal
from math import ceil
from typing import Any

from django.db.models import Count, Sum

from analytics.selectors.path import Step, following, resume, seconds_left, steps
from gamification.selectors.achievements import earned_badges
from gamification.selectors.profile import goals, profile, session_stats
from learning.kinds import CourseState
from learning.models import Enrollment, LearningSession, StudyTime, User

RECENT = 5


def dashboard(learner: User, *, at: dt.datetime, days: int = 30) -> dict[str, Any]:
    """The dashboard as API.md fixes it, on the learner's today; 9 queries."""
    enrollments = list(
        Enrollment.objects.filter(learner=learner).select_related("course").order_by("-last_accessed_at", "-pk")
    )
    current = [e for e in enrollments if e.left_at is None]
    badges = earned_badges(learner)
    sessions = session_stats(learner, at=at)
    return {
        "stats": {
            "total_courses": len(current),
            "total_seconds": sum(e.seconds for e in enrollments),
            "achievements_count": len(badges),
            "current_streak": sessions["current_streak"],
            "longest_streak": sessions["longest_streak"],
            "average_completion": average_completion(current),
            "completed_courses": sum(e.completed_at is not None for e in current),
        },
        "sessions": sessions,
        "goals": goals(sessions["today_sessions"], sessions["weekly_sessions"]),
        "in_progress_courses": in_progress(learner, current),
        "recent_achievements": badges[:RECENT],
        "activity": activity(learner, today=learner.day_at(at), days=days),
        "level": asdict(profile(learner, at=at).level),
        "challenges": [],
    }


def average_completion(enrollments: list[Enrollment]) -> float:
    """The mean percent of the courses, two decimals, half up; 0 without courses."""
    if not enrollments:
        return 0.0
    mean = sum((e.percent for e in enrollments), Decimal(0)) / len(enrollments)
    return float(mean.quantize(Decimal("0.01"), ROUND_HALF_UP))


def in_progress(learner: User, enrollments: list[Enrollment]) -> list[dict[str, Any]]:
    """Unfinished open courses, the last one worked on first; one query for all their lessons."""
    going_on = [e for e in enrollments if e.completed_at is None and e.course.state == CourseState.PUBLISHED]
    going_on.sort(key=lambda e: e.last_accessed_at or e.started_at, reverse=True)
    paths = steps(learner, [e.course_id for e in going_on])
    return [_course(e, paths.get(e.course_id, [])) for e in going_on]


def _course(enrollment: Enrollment, path: list[Step]) -> dict[str, Any]:
    here, ahead = resume(path), following(path)
    return {
        "course": enrollment.course_id,
        "title": enrollment.course.title,
        "slug": enrollment.course.slug,
        "percent": float(enrollment.percent),
        "last_accessed_at": enrollment.last_accessed_at,
        "resume": {"lesson": here.lesson, "title": here.title, "slug": here.slug, "position": here.position}
        if here
        else None,
        "next_lesson": ahead.lesson if ahead else None,
        "next_lesson_title": ahead.title if ahead else None,
        "next_lesson_slug": ahead.slug if ahead else None,
        "minutes_left": ceil(seconds_left(path) / 60),
    }


def activity(learner: User, *, today: dt.date, days: int) -> list[dict[str, Any]]:
    """Seconds and sessions of each of the last `days` learner's days, oldest first, empty days too; two queries."""
    first = today - dt.timedelta(days=days - 1)
    span = {"learner": learner, "day__gte": first, "day__lte": today}
    seconds = dict(StudyTime.objects.filter(**span).order_by().values_list("day").annotate(n=Sum("seconds")))
    sessions = dict(LearningSession.objects.filter(**span).order_by().values_list("day").annotate(n=Count("pk")))
    dates = [first + dt.timedelta(days=n) for n in range(days)]
    return [{"date": d, "seconds": seconds.get(d, 0), "sessions": sessions.get(d, 0)} for d in dates]
