"""Leaderboards: this week's XP of those who chose to stand there, around whoever looks.

A week is the ISO week (from Monday) of the viewer's today. Everybody's XP counts by the day that was theirs when they
earned it, so somebody in Auckland begins the same week some hours before somebody in Lima.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Sum, Value
from django.db.models.functions import Cast, Concat

from gamification.models import Preferences, XPEntry
from learning.exceptions import NotEnrolled, Unknown
from learning.models import Course, Enrollment, Lesson, User
from learning.models.people import STAFF_GROUP

AROUND = 3


@dataclass(frozen=True)
class Place:
    """One line. Who has as much as the line above shares its rank."""

    rank: int
    alias: str
    xp: int
    is_me: bool


@dataclass(frozen=True)
class Board:
    """The lines around the viewer, or the top for who is not on it; `people` is how many stand on it this week."""

    entries: list[Place]
    people: int
    monday: dt.date
    my_alias: str | None = None
    is_shown: bool = True


def board(viewer: User, *, at: dt.datetime, course: Course | None = None) -> Board:
    """This week's board of the site, or of the XP earned in one course; five queries however many stand on it."""
    today = viewer.day_at(at)
    monday = today - dt.timedelta(days=today.weekday())
    mine = Preferences.objects.filter(learner=viewer).first() or Preferences(learner=viewer)
    if not mine.boards:
        return Board([], 0, monday, mine.alias, is_shown=False)
    rows = _week(monday, course)
    here = _place_of(rows, viewer)
    people = rows.count()
    first = max(0, (here or people + 1) - 1 - AROUND) if here or _may_stand(viewer, mine, course) else 0
    last = first + 2 * AROUND + 1 if not here else here + AROUND
    entries = _ranked(rows, rows.order_by("-total", "learner_id")[first:last], first, viewer)
    if not here and _may_stand(viewer, mine, course):
        entries.append(Place(people + 1, mine.alias or "", 0, True))
    return Board(entries, people, monday, mine.alias)


def _week(monday: dt.date, course: Course | None) -> QuerySet[Any, Any]:
    """A row per learner with the XP of that week: `learner_id`, `alias`, `total`."""
    entries = XPEntry.objects.filter(day__gte=monday, day__lt=monday + dt.timedelta(days=7))
    entries = entries.filter(_who_stands(course))
    if course:
        entries = entries.filter(_earned_in(course))
    return (
        entries.order_by()
        .values("learner_id", alias=F("learner__preferences__alias"))
        .annotate(total=Sum("amount"))
        .filter(total__gt=0)
    )


def _who_stands(course: Course | None, path: str = "learner") -> Q:
    """Who chose an alias and left boards on. Staff and those who teach are on none; of a course only its learners."""
    teaching = Course.instructors.through.objects.filter(user_id=OuterRef(path))
    staff = User.groups.through.objects.filter(user_id=OuterRef(path), group__name=STAFF_GROUP)
    chosen = Q(
        **{
            f"{path}__is_active": True,
            f"{path}__is_superuser": False,
            f"{path}__detailed_tracking": True,
            f"{path}__preferences__alias__isnull": False,
            f"{path}__preferences__boards": True,
        }
    )
    chosen &= ~Exists(teaching) & ~Exists(staff)
    if course:
        chosen &= Q(Exists(Enrollment.objects.current().filter(learner=OuterRef(path), course=course)))
    return chosen


def _earned_in(course: Course) -> Q:
    lessons = Lesson.objects.filter(course=course).annotate(
        source=Concat(Value("lesson:"), Cast("pk", CharField()), output_field=CharField())
    )
    return Q(source=f"course:{course.pk}") | Q(source__in=lessons.order_by().values("source"))


def _place_of(rows: QuerySet[Any, Any], viewer: User) -> int | None:
    mine = next(iter(rows.filter(learner=viewer)), None)
    if mine is None:
        return None
    ahead = Q(total__gt=mine["total"]) | Q(total=mine["total"], learner_id__lt=viewer.pk)
    return rows.filter(ahead).count() + 1


def _ranked(rows: QuerySet[Any, Any], shown: QuerySet[Any, Any], first: int, viewer: User) -> list[Place]:
    found = list(shown)
    if not found:
        return []
    rank, previous = rows.filter(total__gt=found[0]["total"]).count() + 1, found[0]["total"]
    entries = []
    for number, row in enumerate(found, first + 1):
        rank = rank if row["total"] == previous else number
        previous = row["total"]
        entries.append(Place(rank, row["alias"], row["total"], row["learner_id"] == viewer.pk))
    return entries


def _may_stand(viewer: User, mine: Preferences, course: Course | None) -> bool:
    """Whether a viewer without XP this week has a line all the same."""
    if not mine.alias:
        return False
    return Preferences.objects.filter(_who_stands(course), learner=viewer).exists()


def course_with_board(viewer: User, **which: Any) -> Course:
    """The course named so, if this person may see its board. Raises Unknown, and NotEnrolled for who only looks by."""
    course = Course.objects.of(viewer).select_related("switches").filter(**which).first()
    if course is None or not getattr(getattr(course, "switches", None), "boards", True):
        raise Unknown
    learns = Enrollment.objects.current().filter(learner=viewer, course=course).exists()
    if not (learns or course.is_managed_by(viewer)):
        raise NotEnrolled
    return course
