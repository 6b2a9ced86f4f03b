"""Those who teach hear on Monday morning how many of their learners may need help. Names stay on the page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from functools import cache

from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics.selectors.risk import how_many_need_help
from learning.kinds import CourseState
from learning.models import Course, User
from notifications.kinds import Kind
from notifications.selectors.mornings import monday_mornings
from notifications.services.telling import Message, tell

LATE = dt.timedelta(days=2)
MOST_NAMED = 5


def tell_instructors(*, at: dt.datetime) -> int:
    """Tell whom it is Monday morning for, of all their courses together and once a week; how many were told."""

    @cache
    def needing(course: Course) -> int:
        return how_many_need_help(course, at=at)

    told = 0
    published = Course.objects.filter(state=CourseState.PUBLISHED)
    for name, monday in monday_mornings(at=at):
        taught = Course.instructors.through.objects.filter(course__in=published)
        teachers = User.objects.filter(time_zone=name, is_active=True, pk__in=taught.values("user")).order_by("pk")
        for teacher in teachers.iterator():
            courses = published.filter(instructors=teacher).order_by("title", "pk")
            counts = {course: needing(course) for course in courses if needing(course)}
            if counts:
                told += _tell(teacher, counts, week=f"{monday:%G-W%V}", at=at)
    return told


@transaction.atomic
def _tell(teacher: User, counts: Mapping[Course, int], *, week: str, at: dt.datetime) -> int:
    people = sum(counts.values())
    most = max(counts, key=lambda course: counts[course])
    with translation.override(teacher.language):
        title = ngettext("%(n)d learner may need help", "%(n)d learners may need help", people)
        row = Message(
            person=teacher,
            kind=Kind.AT_RISK_DIGEST,
            key=week,
            title=title % {"n": people},
            body=" ".join(_sentences(counts)),
            url=reverse("admin:course_help", args=[most.pk]),
            words={"people": people, "courses": len(counts)},
            at=at,
            until=at + LATE,
        )
    return len(tell([row]))


def _sentences(counts: Mapping[Course, int]) -> Iterator[str]:
    named = sorted(counts.items(), key=lambda item: -item[1])
    for course, n in named[:MOST_NAMED]:
        yield _("%(course)s: %(n)d.") % {"course": course.title, "n": n}
    if (left := len(named) - MOST_NAMED) > 0:
        yield ngettext("And %(n)d more course.", "And %(n)d more courses.", left) % {"n": left}
    yield _("The page shows why, and what you can do.")
