"""What a learner did last week, told on their Monday morning, from the facts and nothing else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, QuerySet, Sum
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gamification.services.batches import batches
from learning.models import LearningSession, StudyTime, User
from notifications.kinds import Kind
from notifications.selectors.mornings import monday_mornings
from notifications.services.routing import ROWS
from notifications.services.telling import Message, tell


@dataclass(frozen=True)
class Week:
    """An ISO week of a learner's days, and what was done in it."""

    monday: dt.date
    seconds: int
    days: int
    sessions: int

    @property
    def key(self) -> str:
        return f"{self.monday:%G-W%V}"


def tell_weeks(*, at: dt.datetime) -> int:
    """Tell everybody who did something last week, where it is Monday morning; how many were told."""
    told = 0
    for name, today in monday_mornings(at=at):
        monday = today - dt.timedelta(days=7)
        people = User.objects.filter(time_zone=name, is_active=True).order_by("pk")
        for some in batches(people.iterator(chunk_size=ROWS), ROWS):
            told += _tell(some, monday, at=at)
    return told


@transaction.atomic
def _tell(people: list[User], monday: dt.date, *, at: dt.datetime) -> int:
    weeks = weeks_of([person.pk for person in people], monday)
    messages = [_message(person, weeks[person.pk], at=at) for person in people if person.pk in weeks]
    tell(messages)
    return len(messages)


def weeks_of(people: list[int], monday: dt.date) -> dict[int, Week]:
    """What these people did in the week from `monday` on; who did nothing is not in it."""
    time, sessions = _time(people, monday), _sessions(people, monday)
    return {
        pk: Week(monday, *time.get(pk, (0, 0)), sessions.get(pk, 0)) for pk in people if pk in time or pk in sessions
    }


def _time(people: list[int], monday: dt.date) -> dict[int, tuple[int, int]]:
    rows = _in_week(StudyTime.objects.filter(learner__in=people, seconds__gt=0), monday).order_by().values("learner")
    found = rows.annotate(total=Sum("seconds"), days=Count("day", distinct=True))
    return {row["learner"]: (row["total"], row["days"]) for row in found}


def _sessions(people: list[int], monday: dt.date) -> dict[int, int]:
    rows = _in_week(LearningSession.objects.filter(learner__in=people), monday).order_by().values_list("learner")
    return dict(rows.annotate(n=Count("pk")))


def _in_week(rows: QuerySet, monday: dt.date) -> QuerySet:
    return rows.filter(day__gte=monday, day__lt=monday + dt.timedelta(days=7))


def _message(person: User, week: Week, *, at: dt.datetime) -> Message:
    with translation.override(person.language):
        time = duration(week.seconds)
        return Message(
            person=person,
            kind=Kind.WEEKLY_SUMMARY,
            key=week.key,
            title=_("Your week: %(time)s of study") % {"time": time} if week.seconds else _("Your week"),
            body=" ".join(_sentences(week)),
            url=reverse("analytics:my_learning"),
            words={"time": time, "lessons": week.sessions, "days": week.days},
            at=at,
            until=at + dt.timedelta(days=2),
        )


def _sentences(week: Week) -> Iterator[str]:
    if week.days:
        said = ngettext("You studied on %(n)d day of seven.", "You studied on %(n)d days of seven.", week.days)
        yield said % {"n": week.days}
    if week.sessions:
        said = ngettext("You finished %(n)d session.", "You finished %(n)d sessions.", week.sessions)
        yield said % {"n": week.sessions}
    yield _("Study time is an estimate: what your lesson pages counted.")


def duration(seconds: int) -> str:
    """Seconds as people say them."""
    hours, minutes = divmod(seconds // 60, 60)
    if not hours:
        return _("%(minutes)d min") % {"minutes": minutes}
    return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes}
