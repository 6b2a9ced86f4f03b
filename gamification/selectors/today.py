"""How a learner's day stands: sessions against goals, and what of it they want to see. One query for all of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Avg, Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject

from gamification.kinds import DAILY_GOAL, WEEKLY_GOAL
from gamification.models import CourseSwitches, Goal, Preferences
from gamification.models.goals import SESSIONS
from gamification.models.switches import PIECES
from learning.kinds import percent_hundredths
from learning.models import LearningSession, PracticeAttempt, User


@dataclass(frozen=True)
class Shown:
    """The pieces that are on: the learner's switches, and where a course is meant its instructors' too."""

    streaks: bool = True
    challenges: bool = True
    boards: bool = True
    toasts: bool = True
    badges: bool = True
    xp: bool = True

    @classmethod
    def of(cls, *switches: dict[str, bool] | None) -> Shown:
        """What every one of these leaves on; nothing said is everything on."""
        return cls(**{piece: all(some[piece] for some in switches if some) for piece in PIECES})


@dataclass(frozen=True)
class Today:
    """Sessions in all, on the learner's day and in their ISO week (from Monday), goals, the mean score (0-100)."""

    total: int
    today: int
    week: int
    daily_goal: int
    weekly_goal: int
    average_score: float | None
    shown: Shown

    @property
    def goals(self) -> dict[str, Any]:
        """`goals` as API.md fixes them; a percentage may pass 100."""
        return {
            "daily_goal": self.daily_goal,
            "daily_progress": self.today,
            "daily_percentage": percent_hundredths(self.today, self.daily_goal) / 100,
            "weekly_goal": self.weekly_goal,
            "weekly_progress": self.week,
            "weekly_percentage": percent_hundredths(self.week, self.weekly_goal) / 100,
        }


def today_of(learner: User, *, day: dt.date, course: int | None = None) -> Today:
    """The learner's `day`, in one query. With `course`: what is shown of an act in that course."""
    monday = day - dt.timedelta(days=day.weekday())
    sessions = LearningSession.objects.filter(learner=OuterRef("pk"))
    row: Any = (
        User.objects.filter(pk=learner.pk)
        .values(
            total=_count(sessions),
            today=_count(sessions.filter(day=day)),
            week=_count(sessions.filter(day__gte=monday, day__lte=day)),
            daily=_target(Goal.Period.DAILY),
            weekly=_target(Goal.Period.WEEKLY),
            score=_mean_score(),
            own=_switches(Preferences.objects.filter(learner=OuterRef("pk"))),
            course=_switches(CourseSwitches.objects.filter(course=course)),
        )
        .get()
    )
    return Today(
        total=row["total"] or 0,
        today=row["today"] or 0,
        week=row["week"] or 0,
        daily_goal=int(row["daily"] or DAILY_GOAL),
        weekly_goal=int(row["weekly"] or WEEKLY_GOAL),
        average_score=None if row["score"] is None else round(float(row["score"]), 2),
        shown=Shown.of(row["own"], row["course"]),
    )


def shown_to(learner: User, *, course: int | None = None) -> Shown:
    """What is shown to this learner, one query."""
    row: Any = (
        User.objects.filter(pk=learner.pk)
        .values(
            own=_switches(Preferences.objects.filter(learner=OuterRef("pk"))),
            course=_switches(CourseSwitches.objects.filter(course=course)),
        )
        .get()
    )
    return Shown.of(row["own"], row["course"])


def _count(rows: QuerySet[Any]) -> Subquery:
    counted = rows.order_by().values("learner").annotate(n=Count("pk")).values("n")
    return Subquery(counted, output_field=IntegerField())


def _target(period: str) -> Subquery:
    mine = Goal.objects.filter(learner=OuterRef("pk"), metric=SESSIONS, period=period, status=Goal.Status.ACTIVE)
    return Subquery(mine.values("target_value")[:1])


def _mean_score() -> Subquery:
    scored = PracticeAttempt.objects.finished().filter(Q(score__isnull=False), learner=OuterRef("pk"))
    return Subquery(scored.order_by().values("learner").annotate(mean=Avg("score")).values("mean"))


def _switches(rows: QuerySet[Any]) -> Subquery:
    return Subquery(rows.values(json=JSONObject(**{piece: piece for piece in PIECES}))[:1])
