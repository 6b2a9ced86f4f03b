"""What the clock found out about a learner, in kind words for themselves; and who looked at them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from analytics.kinds.risk import Reason
from analytics.models import RiskFlag, StudentReading
from learning.kinds import CourseState
from learning.models import Course, Enrollment, User

MOST = 3


@dataclass(frozen=True)
class Hint:
    """One flag of a learner's own: what to say, where to go, and until when a holiday can be chosen."""

    flag: RiskFlag
    course: Course
    title: str
    text: str
    first_day: dt.date


def hints_of(learner: User, *, at: dt.datetime) -> list[Hint]:
    """One for each course, the newest first: of courses that they are in and have not finished."""
    if not learner.detailed_tracking:
        return []
    mine = Enrollment.objects.current().filter(learner=learner, completed_at=None)
    flags = RiskFlag.objects.of(learner).filter(
        course__in=mine.filter(course__state=CourseState.PUBLISHED).values("course")
    )
    found: dict[int, Hint] = {}
    for flag in flags.select_related("course").order_by("-raised_on", "pk"):
        found.setdefault(flag.course_id, _hint(flag, learner, at))
    return list(found.values())[:MOST]


def _hint(flag: RiskFlag, learner: User, at: dt.datetime) -> Hint:
    title, text = _words(Reason(flag.reason))
    course = flag.course
    tomorrow = learner.day_at(at) + dt.timedelta(days=1)
    return Hint(flag, course, title % {"course": course.title}, text % {"course": course.title}, tomorrow)


def _words(reason: Reason) -> tuple[str, str]:
    if reason is Reason.INACTIVE:
        return (
            _("“%(course)s” is where you left it"),
            _("Nothing is lost. One short lesson is enough to be back in."),
        )
    if reason is Reason.STUCK:
        return (
            _("You have kept at “%(course)s”"),
            _("If one lesson will not give way, go on with the next one, or ask the assistant about it."),
        )
    if reason is Reason.STRUGGLING:
        return (
            _("A hard part of “%(course)s”"),
            _("Trying again is how it is learnt. The explanations after each answer say where to look."),
        )
    return (
        _("You are fast in “%(course)s”"),
        _("Where something is new to you, it pays to stay a little longer."),
    )


def readings_of(learner: User) -> QuerySet[Any]:
    """Who opened their page, the newest first."""
    rows = StudentReading.objects.of(learner).select_related("reader", "course")
    return rows.order_by("-at", "-pk")
