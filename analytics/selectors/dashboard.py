"""Everything on a learner's dashboard, in a number of queries that does not depend on how much there is."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Count, Sum, Value

from analytics.selectors.my_learning import MyCourse, enrollments_of, my_courses
from analytics.selectors.standing import Standing, standing_of
from gamification.selectors.achievements import earned_badges
from gamification.selectors.profile import ProfileState, profile, session_stats
from gamification.selectors.today import Shown, today_of
from gamification.services.challenges import challenges_of
from learning.models import Enrollment, LearningSession, StudyTime, User

RECENT = 5


@dataclass(frozen=True)
class Overview:
    """A learner's page: `state` is the dashboard as API.md fixes it, the others are what its words rest on."""

    state: dict[str, Any]
    courses: list[MyCourse]
    standing: Standing
    shown: Shown
    profile: ProfileState


def dashboard(learner: User, *, at: dt.datetime, days: int = 30) -> dict[str, Any]:
    """The dashboard as API.md fixes it, on the learner's today."""
    return overview(learner, at=at, days=days).state


def overview(learner: User, *, at: dt.datetime, days: int = 30) -> Overview:
    """The dashboard together with the courses that it was made from; no query more."""
    enrollments = enrollments_of(learner)
    current = [e for e in enrollments if e.left_at is None]
    courses = my_courses(learner, enrollments)
    badges = earned_badges(learner)
    standing = profile(learner, at=at)
    today = today_of(learner, day=learner.day_at(at))
    sessions = session_stats(today, standing)
    state = {
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
        "goals": today.goals,
        "in_progress_courses": in_progress(courses),
        "recent_achievements": badges[:RECENT],
        "activity": activity(learner, today=learner.day_at(at), days=days),
        "level": asdict(standing.level),
        "challenges": [c.as_json for c in challenges_of(learner, at=at)],
    }
    return Overview(state, courses, standing_of(standing, learner, at), today.shown, standing)


def average_completion(enrollments: list[Enrollment]) -> float:
    """The mean percent of the courses, two decimals, half up; 0 without courses."""
    if not enrollments:
        return 0.0
    mean = sum((e.percent for e in enrollments), Decimal(0)) / len(enrollments)
    return float(mean.quantize(Decimal("0.01"), ROUND_HALF_UP))


def in_progress(courses: list[MyCourse]) -> list[dict[str, Any]]:
    """Unfinished courses, the last one worked on first; one that was never opened stands where it was enrolled in."""
    going_on = [c for c in courses if not c.is_finished]
    going_on.sort(key=lambda c: c.enrollment.last_accessed_at or c.enrollment.started_at, reverse=True)
    return [_course(c) for c in going_on]


def _course(mine: MyCourse) -> dict[str, Any]:
    enrollment, here, ahead = mine.enrollment, mine.resume, mine.next_step
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
        "minutes_left": mine.minutes_left,
    }


def activity(learner: User, *, today: dt.date, days: int) -> list[dict[str, Any]]:
    """Seconds and sessions of each of the last `days` learner's days, oldest first, empty days too; one query."""
    first = today - dt.timedelta(days=days - 1)
    span = {"learner": learner, "day__gte": first, "day__lte": today}
    studied = StudyTime.objects.filter(**span).order_by().values_list("day")
    finished = LearningSession.objects.filter(**span).order_by().values_list("day")
    sums = studied.annotate(n=Sum("seconds"), what=Value("seconds"))
    rows = sums.union(finished.annotate(n=Count("pk"), what=Value("sessions")), all=True)
    found = {(day, what): n for day, n, what in rows}
    dates = [first + dt.timedelta(days=n) for n in range(days)]
    return [{"date": d} | {what: found.get((d, what), 0) for what in ("seconds", "sessions")} for d in dates]
