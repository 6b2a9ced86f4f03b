"""The ledger in words: why somebody has these points."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from gamification.kinds import Rule
from gamification.models import XPEntry
from learning.models import Course, Lesson, User

PAGE = 30


@dataclass(frozen=True)
class Line:
    """One payment: what for, and where that is; `url` is empty where it can't be visited any more."""

    amount: int
    day: dt.date
    created_at: dt.datetime
    words: str
    about: str
    url: str


@dataclass(frozen=True)
class Ledger:
    """A page of the ledger, newest first; `after` leads to the next one."""

    lines: list[Line]
    after: int | None


def ledger(learner: User, *, before: int | None = None) -> Ledger:
    """At most 30 lines, older than the entry with that id where one is named; three queries."""
    rows = XPEntry.objects.filter(learner=learner).order_by("-created_at", "-id")
    if before is not None and (last := XPEntry.objects.filter(learner=learner, pk=before).first()):
        older = XPEntry.objects.filter(learner=learner, created_at__lt=last.created_at)
        same = XPEntry.objects.filter(learner=learner, created_at=last.created_at, pk__lt=last.pk)
        rows = (older | same).order_by("-created_at", "-id")
    found = list(rows[: PAGE + 1])
    shown = found[:PAGE]
    return Ledger(_lines(learner, shown), shown[-1].pk if len(found) > PAGE else None)


def _lines(learner: User, entries: Sequence[XPEntry]) -> list[Line]:
    lessons = Lesson.objects.of(learner).select_related("course").in_bulk(_ids(entries, "lesson"))
    courses = Course.objects.of(learner).in_bulk(_ids(entries, "course"))
    return [_line(entry, lessons, courses) for entry in entries]


def _ids(entries: Sequence[XPEntry], what: str) -> list[int]:
    parts = (entry.source.split(":") for entry in entries)
    return [int(p[1]) for p in parts if p[0] == what and len(p) == 2 and p[1].isdecimal()]


def _line(entry: XPEntry, lessons: dict[int, Lesson], courses: dict[int, Course]) -> Line:
    what, _colon, number = entry.source.partition(":")
    pk = int(number) if number.isdecimal() else 0
    lesson, course = lessons.get(pk) if what == "lesson" else None, courses.get(pk) if what == "course" else None
    about, url = entry.reason, ""
    if lesson:
        about = _("%(lesson)s, in %(course)s") % {"lesson": lesson.title, "course": lesson.course.title}
        url = reverse("learning:lesson", args=[lesson.course.slug, lesson.slug])
    if course:
        about, url = course.title, course.get_absolute_url()
    return Line(entry.amount, entry.day, entry.created_at, _words(entry.rule), about, url)


def _words(rule: str) -> str:
    return {
        Rule.LESSON: _("Lesson completed"),
        Rule.PRACTICE: _("Practice passed for the first time"),
        Rule.COURSE: _("Course completed"),
        Rule.CHALLENGE: _("Challenge met"),
        Rule.CORRECTION: _("Correction"),
    }.get(Rule(rule), rule)
