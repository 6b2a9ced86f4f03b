"""The list of a course's learners: found, filtered, in four orders, by pages of a key."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.dateparse import parse_datetime

from analytics.kinds.students import Show, Sort, State
from analytics.metrics.standing import active_since
from analytics.models import RiskFlag, RiskSnapshot, StudentLine
from analytics.selectors.keyset import BadCursor, Order, read, write
from analytics.selectors.places import Place
from analytics.selectors.risk import newest_night, reasons_shown
from analytics.selectors.snapshot import kept_for_many
from chat.kinds import Role
from chat.models import Message
from learning.models import Course, Enrollment, StudyTime
from learning.selectors.names import name_for_teachers
from learning.selectors.teaching import learners_of

PAGE = 50
ACTIVITY_DAYS = 14
ORDERS: Mapping[Sort, Order] = {
    Sort.PROGRESS: Order("percent", is_down=True, key="enrollment"),
    Sort.RECENT: Order("active_at", is_down=True, key="enrollment"),
    Sort.NAME: Order("name", is_down=False, key="enrollment"),
    Sort.TIME_SPENT: Order("seconds", is_down=True, key="enrollment"),
}


@dataclass(frozen=True)
class Wanted:
    """What is asked for. `after` is the word of a page that came before."""

    sort: Sort = Sort.RECENT
    show: Show = Show.ALL
    search: str = ""
    after: str = ""


@dataclass(frozen=True)
class Student:
    """One line. `activity` has the seconds of the last 14 days, the oldest first; none where that is private."""

    id: int
    name: str
    email: str | None
    percent: float
    seconds: int
    last_active: dt.datetime | None
    state: State
    activity: list[int]
    risk: dict[str, Any] | None


@dataclass(frozen=True)
class Page:
    """A page of the list; `next` is the word for the one after it, empty at the end."""

    students: list[Student]
    count: int
    next: str = ""
    counts: dict[Show, int] = field(default_factory=dict)


def students(place: Place, wanted: Wanted, *, size: int = PAGE) -> Page:
    """Five statements, six after another page, however many learners there are. Raises BadCursor."""
    found = _filtered(place, wanted)
    order = ORDERS[wanted.sort]
    after = None
    if wanted.after:
        value, key = read(wanted.after, wanted.sort)
        after = _VALUES[wanted.sort](value), key
    lines = order.page(found.select_related("enrollment__learner"), after, size=size + 1)
    more = len(lines) > size
    lines = lines[:size]
    following = write(wanted.sort, getattr(lines[-1], order.column), lines[-1].pk) if more else ""
    return Page(_students(place, lines), _count(place, wanted, found), following)


def _count(place: Place, wanted: Wanted, found: QuerySet[StudentLine]) -> int:
    """Of many learners how many there were a moment ago; who needs help, and what was searched for, as it is."""
    if wanted.search.strip() or wanted.show is Show.AT_RISK:
        return found.count()
    return kept_for_many(place.key(f"students:{wanted.show}"), found.count, learners=lambda count: count)


def student_of(place: Place, student: int) -> Enrollment | None:
    """This learner's place in the course, with `questions` and the newest night's `receipts`; None for others."""
    asked = Message.objects.filter(
        asker=OuterRef("learner"), conversation__course=OuterRef("course"), role=Role.USER
    ).order_by()
    questions = Subquery(asked.values("asker").annotate(n=Count("pk")).values("n"))
    nights = RiskSnapshot.objects.filter(course=OuterRef("course"), learner=OuterRef("learner")).order_by("-day")
    rows = learners_of(place.course).select_related("learner__gamification", "course")
    rows = rows.annotate(questions=Coalesce(questions, 0), receipts=Subquery(nights.values("receipts")[:1]))
    return rows.filter(learner=student).first()


def _filtered(place: Place, wanted: Wanted) -> QuerySet[StudentLine]:
    teachers = Course.instructors.through.objects.filter(course_id=place.course.pk).values("user_id")
    rows = StudentLine.objects.filter(course=place.course, enrollment__left_at=None)
    rows = rows.exclude(enrollment__learner__in=teachers).filter(_showing(place, wanted.show))
    if wanted.search.strip():
        rows = rows.filter(name__contains=wanted.search.strip().casefold())
    return rows


# As the funnel counts them (analytics.metrics.standing): who completed is in every stage.
_FINISHED = Q(enrollment__completed_at__isnull=False)
_PERCENT = {Show.P25: 25, Show.P50: 50, Show.P75: 75}


def _showing(place: Place, show: Show) -> Q:
    if show is Show.ACTIVE:
        return Q(enrollment__last_accessed_at__gte=active_since(place.course.time_zone, at=place.at))
    if show is Show.COMPLETED:
        return _FINISHED
    if show is Show.NOT_STARTED:
        return Q(enrollment__first_activity_at=None, enrollment__completed_at=None)
    if show is Show.STARTED:
        return Q(enrollment__first_activity_at__isnull=False) | _FINISHED
    if show.is_stage:
        return Q(enrollment__highest_percent__gte=_PERCENT[show]) | _FINISHED
    if show is Show.AT_RISK:
        flags = RiskFlag.objects.for_teachers(today=place.today)
        mine = flags.filter(course=place.course, learner=OuterRef("enrollment__learner"))
        private = Q(enrollment__learner__detailed_tracking=False)
        return Q(Exists(mine), enrollment__completed_at=None) & ~private
    return Q()


def _instant(value: str) -> dt.datetime:
    found = parse_datetime(value)
    if found is None or found.tzinfo is None:
        raise BadCursor
    return found.astimezone(dt.UTC)


def _number(value: str) -> Decimal:
    try:
        number = Decimal(value)
    except InvalidOperation as wrong:
        raise BadCursor from wrong
    if not number.is_finite() or abs(number) > 2**31:
        raise BadCursor
    return number


def _guarded(parse: Callable[[str], Any]) -> Callable[[str], Any]:
    def guard(value: str) -> Any:
        try:
            return parse(value)
        except (ValueError, OverflowError) as wrong:
            raise BadCursor from wrong

    return guard


_VALUES: Mapping[Sort, Callable[[str], Any]] = {
    Sort.PROGRESS: _guarded(_number),
    Sort.RECENT: _guarded(_instant),
    Sort.NAME: str,
    Sort.TIME_SPENT: _guarded(lambda value: int(_number(value))),
}


def state_of(enrollment: Enrollment) -> State:
    if enrollment.completed_at:
        return State.COMPLETED
    return State.IN_PROGRESS if enrollment.first_activity_at else State.NOT_STARTED


def _students(place: Place, lines: list[StudentLine]) -> list[Student]:
    enrollments = [line.enrollment for line in lines]
    visible = [e.learner_id for e in enrollments if e.learner.detailed_tracking]
    activity, risk = _activity(place, visible), _risk(place, visible)
    return [
        Student(
            id=e.learner_id,
            name=name_for_teachers(e.learner, place.course),
            email=address_for(place, e),
            percent=float(e.percent),
            seconds=e.seconds,
            last_active=e.last_accessed_at,
            state=state_of(e),
            activity=activity.get(e.learner_id, []),
            risk=None if e.completed_at else risk.get(e.learner_id),
        )
        for e in enrollments
    ]


def address_for(place: Place, enrollment: Enrollment) -> str | None:
    """Staff know addresses anyway; those who teach know names, and in some courses not even these."""
    is_shown = place.viewer.is_staff_member and not place.course.learners_by_alias
    return enrollment.learner.email if is_shown else None


def _activity(place: Place, learners: list[int]) -> dict[int, list[int]]:
    first = place.today - dt.timedelta(days=ACTIVITY_DAYS - 1)
    rows = (
        StudyTime.objects.filter(learner__in=learners, day__gte=first - dt.timedelta(days=1), course=place.course)
        .filter(course_day__gte=first, course_day__lte=place.today)
        .order_by()
        .values_list("learner_id", "course_day")
        .annotate(total=Sum("seconds"))
    )
    found = {learner: [0] * ACTIVITY_DAYS for learner in learners}
    for learner, day, total in rows:
        found[learner][(day - first).days] = total
    return found


def _risk(place: Place, learners: list[int]) -> dict[int, dict[str, Any]]:
    """Score and reasons of those whom a flag names."""
    night = newest_night(place.course)
    reasons = reasons_shown(place, learners) if night else {}
    if not reasons or night is None:
        return {}
    scores = RiskSnapshot.objects.filter(course=place.course, day=night.day, learner__in=reasons)
    return {
        learner: {"score": round(score, 4), "reasons": reasons[learner]}
        for learner, score in scores.values_list("learner_id", "score")
    }
