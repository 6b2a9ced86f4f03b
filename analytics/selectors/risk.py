"""Who needs help in a course, the furthest behind first; from the newest night's snapshots and the flags that stand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from analytics.kinds.risk import Measure, Reason
from analytics.models import RiskDay, RiskFlag, RiskSnapshot
from analytics.selectors.keyset import BadCursor, Order, read, write
from analytics.selectors.places import Place
from gamification.models import Pause
from learning.models import Course, Enrollment
from learning.selectors.names import name_for_teachers
from learning.selectors.teaching import learners_of
from learning.zones import day_at

PAGE = 50
# Beyond this "1,000 and more" is said: the number helps nobody, and counting costs.
MOST_COUNTED = 1000
ORDER = Order("score", is_down=True, key="learner")


@dataclass(frozen=True)
class FlagShown:
    """A flag with its receipt: what was measured on the last night, its value, the others' median, since when."""

    id: int
    reason: Reason
    measure: Measure
    value: float
    median: float | None
    since: dt.date


@dataclass(frozen=True)
class Needing:
    """One learner who may need help, and why."""

    id: int
    name: str
    score: float
    flags: list[FlagShown]
    last_active: dt.datetime | None
    percent: float


@dataclass(frozen=True)
class NeedHelp:
    """A page of them. `night` is the one that it rests on; without one nobody has looked yet."""

    students: list[Needing]
    count: int
    night: RiskDay | None
    next: str = ""

    @property
    def is_more_than_counted(self) -> bool:
        return self.count > MOST_COUNTED


def newest_night(course: Course) -> RiskDay | None:
    night = RiskDay.objects.filter(course=course).order_by("-day").first()
    if night is not None:
        night.course = course
    return night


def reasons_shown(place: Place, learners: Iterable[int]) -> dict[int, list[str]]:
    """The reasons that those who teach see, by learner; of nobody who is on vacation."""
    flags = RiskFlag.objects.for_teachers(today=place.today).filter(course=place.course, learner__in=learners)
    found: dict[int, list[str]] = {}
    for learner, reason in (
        flags.exclude(Exists(_away(place.today))).order_by("reason").values_list("learner_id", "reason")
    ):
        found.setdefault(learner, []).append(reason)
    return found


@dataclass(frozen=True)
class First:
    """One of the first to help, and why."""

    id: int
    name: str
    reasons: list[Reason]


def first_to_help(place: Place, *, most: int = 3) -> list[First]:
    """The beginning of the list, for the overview. At most three statements."""
    night = newest_night(place.course)
    if night is None:
        return []
    rows = _flagged(night, today=place.today).order_by(*ORDER.by).select_related("learner")
    found = [row.learner for row in rows[:most]]
    reasons = reasons_shown(place, [learner.pk for learner in found])
    return [
        First(
            learner.pk, name_for_teachers(learner, place.course), [Reason(one) for one in reasons.get(learner.pk, [])]
        )
        for learner in found
    ]


def need_help(place: Place, *, after: str = "", size: int = PAGE, is_counted: bool = True) -> NeedHelp:
    """Four to six statements, however many learners there are. Raises BadCursor."""
    night = newest_night(place.course)
    if night is None:
        return NeedHelp([], 0, None)
    rows = _flagged(night, today=place.today)
    place_before = None
    if after:
        value, key = read(after, "need_help")
        place_before = _score(value), key
    found = ORDER.page(rows.select_related("learner"), place_before, size=size + 1)
    more, found = len(found) > size, found[:size]
    count = rows.order_by()[: MOST_COUNTED + 1].count() if is_counted else len(found)
    following = write("need_help", found[-1].score, found[-1].learner_id) if more else ""
    return NeedHelp(_needing(place, found), count, night, following)


def _score(value: str) -> float:
    try:
        score = float(value)
    except ValueError as wrong:
        raise BadCursor from wrong
    if not 0 <= score <= 1:
        raise BadCursor
    return score


def how_many_need_help(course: Course, *, at: dt.datetime) -> int:
    """As many as the list of the course has now; beyond MOST_COUNTED one more than that is said. Two statements."""
    night = newest_night(course)
    if night is None:
        return 0
    return _flagged(night, today=day_at(at, course.time_zone)).order_by()[: MOST_COUNTED + 1].count()


def _flagged(night: RiskDay, *, today: dt.date) -> QuerySet[RiskSnapshot]:
    """What the night found, without whom anything since then takes off the list."""
    course = night.course
    flags = RiskFlag.objects.for_teachers(today=today).filter(course=course, learner=OuterRef("learner"))
    here = learners_of(course).filter(learner=OuterRef("learner"), completed_at=None)
    rows = RiskSnapshot.objects.filter(course=course, day=night.day, is_flagged=True)
    rows = rows.filter(Exists(flags), Exists(here), learner__detailed_tracking=True)
    return rows.exclude(Exists(_away(today)))


def _away(today: dt.date) -> QuerySet[Pause]:
    """A vacation that goes on, or begins tomorrow, of the learner outside."""
    tomorrow = today + dt.timedelta(days=1)
    vacations = Pause.objects.filter(kind=Pause.Kind.VACATION, learner=OuterRef("learner"))
    return vacations.filter(first_day__lte=tomorrow, last_day__gte=today)


def _needing(place: Place, snapshots: list[RiskSnapshot]) -> list[Needing]:
    learners = [snapshot.learner_id for snapshot in snapshots]
    flags = _flags(place, snapshots)
    rows = (
        learners_of(place.course).filter(learner__in=learners).values_list("learner_id", "last_accessed_at", "percent")
    )
    standing = {learner: (last, float(percent)) for learner, last, percent in rows}
    return [
        Needing(
            id=one.learner_id,
            name=name_for_teachers(one.learner, place.course),
            score=round(one.score, 4),
            flags=flags.get(one.learner_id, []),
            last_active=standing[one.learner_id][0],
            percent=standing[one.learner_id][1],
        )
        for one in snapshots
        if one.learner_id in standing
    ]


def _flags(place: Place, snapshots: list[RiskSnapshot]) -> dict[int, list[FlagShown]]:
    receipts = {snapshot.learner_id: snapshot.receipts for snapshot in snapshots}
    flags = RiskFlag.objects.for_teachers(today=place.today).filter(course=place.course, learner__in=receipts)
    found: dict[int, list[FlagShown]] = {}
    for flag in flags.order_by("since", "pk"):
        if receipt := receipts[flag.learner_id].get(flag.reason):
            found.setdefault(flag.learner_id, []).append(shown(flag, receipt))
    return found


def shown(flag: RiskFlag, receipt: dict[str, Any]) -> FlagShown:
    """A flag with the numbers of a night."""
    return FlagShown(
        flag.pk, Reason(flag.reason), Measure(receipt["measure"]), receipt["value"], receipt["median"], flag.since
    )


def flags_of(place: Place, enrollment: Enrollment, flags: list[RiskFlag]) -> list[FlagShown]:
    """Of one learner's flags those to act on, with the numbers of the newest night (`receipts` of the enrolment)."""
    receipts: dict[str, Any] = getattr(enrollment, "receipts", None) or {}
    if enrollment.completed_at:
        return []
    standing = [flag for flag in flags if flag.is_for_teachers(place.today)]
    return [shown(flag, receipts[flag.reason]) for flag in standing if flag.reason in receipts]
