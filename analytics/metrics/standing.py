"""Where a course's learners stand now: one statement over its enrolments, folded by lessons completed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Count, DurationField, ExpressionWrapper, F, Q, Sum

from learning.models import Course
from learning.selectors.teaching import learners_of
from learning.zones import day_at, day_starts

ACTIVE_DAYS = 7
BINS = ("0", "1-9", "10-19", "20-29", "30-39", "40-49", "50-59", "60-69", "70-79", "80-89", "90-99", "100")
STAGES = ("enrolled", "started", "p25", "p50", "p75", "completed")
DAY = 24 * 60 * 60


def active_since(zone: str, *, at: dt.datetime) -> dt.datetime:
    """From when on an access makes a learner active: the first instant of the seven days that end today."""
    return day_starts(day_at(at, zone) - dt.timedelta(days=ACTIVE_DAYS - 1), zone)


def percent(part: int, whole: int) -> float:
    """Of integer counts, two decimals, half up; 0 of nothing."""
    if not whole:
        return 0.0
    return float((Decimal(100 * part) / whole).quantize(Decimal("0.01"), ROUND_HALF_UP))


def days(seconds: float, people: int) -> float | None:
    """The mean in days, one decimal; None over nobody."""
    return float((Decimal(seconds) / people / DAY).quantize(Decimal("0.1"), ROUND_HALF_UP)) if people else None


@dataclass(frozen=True)
class Standing:
    """Sums and counts over the current enrolments, instructors left out. `bins` and `stages` are counts of people."""

    learners: int = 0
    active: int = 0
    finishers: int = 0
    lessons_completed: int = 0
    lessons_required: int = 0
    seconds: int = 0
    seconds_to_complete: float = 0
    bins: tuple[int, ...] = (0,) * len(BINS)
    stages: tuple[int, ...] = (0,) * len(STAGES)
    as_of: dt.datetime | None = field(default=None, compare=False)

    @property
    def average_progress(self) -> float:
        return percent(self.lessons_completed, self.lessons_required)

    @property
    def completion_rate(self) -> float:
        return percent(self.finishers, self.learners)

    @property
    def average_days_to_complete(self) -> float | None:
        return days(self.seconds_to_complete, self.finishers)

    @property
    def stats(self) -> dict[str, float | int | None]:
        """The six cards by their metrics' keys."""
        return {
            "total_students": self.learners,
            "active_students": self.active,
            "average_progress": self.average_progress,
            "total_seconds": self.seconds,
            "completion_rate": self.completion_rate,
            "average_days_to_complete": self.average_days_to_complete,
        }

    @property
    def funnel(self) -> Iterator[tuple[str, int, float]]:
        """Stage, people, percent of those enrolled."""
        return ((stage, n, percent(n, self.learners)) for stage, n in zip(STAGES, self.stages, strict=True))


def count_standing(course: Course, *, at: dt.datetime) -> Standing:
    """One statement; at most as many rows as a course has lessons come back."""
    done = Q(completed_at__isnull=False)
    groups = (
        learners_of(course)
        .order_by()
        .values("completed_lessons", "required_lessons")
        .annotate(
            learners=Count("pk"),
            active=Count("pk", filter=Q(last_accessed_at__gte=active_since(course.time_zone, at=at))),
            finishers=Count("pk", filter=done),
            seconds_=Sum("seconds"),
            taken=Sum(
                ExpressionWrapper(F("completed_at") - F("started_at"), output_field=DurationField()), filter=done
            ),
            begun=Count("pk", filter=Q(first_activity_at__isnull=False) | done),
            p25=Count("pk", filter=Q(highest_percent__gte=25) | done),
            p50=Count("pk", filter=Q(highest_percent__gte=50) | done),
            p75=Count("pk", filter=Q(highest_percent__gte=75) | done),
        )
    )
    rows: list[Any] = list(groups)
    bins = [0] * len(BINS)
    for row in rows:
        bins[bin_of(row["completed_lessons"], row["required_lessons"])] += row["learners"]

    def total(key: str) -> int:
        return sum(row[key] for row in rows)

    return Standing(
        learners=total("learners"),
        active=total("active"),
        finishers=total("finishers"),
        lessons_completed=sum(row["completed_lessons"] * row["learners"] for row in rows),
        lessons_required=sum(row["required_lessons"] * row["learners"] for row in rows),
        seconds=total("seconds_"),
        seconds_to_complete=sum(row["taken"].total_seconds() for row in rows if row["taken"]),
        bins=tuple(bins),
        stages=tuple(total(key) for key in ("learners", "begun", "p25", "p50", "p75", "finishers")),
        as_of=at,
    )


def bin_of(completed: int, required: int) -> int:
    """0 %, (0, 10), [10, 20) … [90, 100), 100 %: nothing done and everything done are bins of their own."""
    if not completed or not required:
        return 0
    return len(BINS) - 1 if completed >= required else 1 + 10 * completed // required
