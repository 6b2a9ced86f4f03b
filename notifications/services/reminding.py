"""Words at the right time of the day: a course that was left lying, a goal that is one session away."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gamification.kinds import DAILY_GOAL
from gamification.models import Goal
from gamification.models.goals import SESSIONS
from gamification.services.batches import batches
from learning.kinds import CourseState
from learning.models import Enrollment, LearningSession, Lesson, LessonProgress, StudyClock, User
from learning.zones import day_starts
from notifications.kinds import Kind
from notifications.selectors.mornings import zones_where
from notifications.services.routing import ROWS
from notifications.services.telling import Message, tell

MORNING, EVENING = range(9, 12), range(17, 21)
# After so many days away; then nothing more is said.
AWAY_DAYS = (7, 21)
# For so long the word is made good when no clock ran.
LATE = dt.timedelta(days=2)


def remind(*, at: dt.datetime) -> int:
    """Tell who began a course and has not been there for a week, and once more after three; how many were told."""
    told = 0
    for name, _local in zones_where(MORNING, at=at):
        for days in AWAY_DAYS:
            for some in batches(_left_lying(name, days, at=at).iterator(chunk_size=ROWS), ROWS):
                told += _tell([_reminder(e, days, at=at) for e in _one_each(some)])
    return told


def _left_lying(zone_name: str, days: int, *, at: dt.datetime) -> QuerySet[Enrollment]:
    """Unfinished, last touched that long ago, by people who have studied nothing since."""
    since = at - dt.timedelta(days=days)
    later = StudyClock.objects.filter(pk=OuterRef("learner"), credited_until__gt=int(since.timestamp() * 1000))
    people = {"learner__time_zone": zone_name, "learner__is_active": True, "learner__detailed_tracking": True}
    rows = Enrollment.objects.current().filter(course__state=CourseState.PUBLISHED, completed_at=None, **people)
    rows = rows.filter(~Exists(later), last_accessed_at__lte=since, last_accessed_at__gt=since - LATE)
    return rows.select_related("learner", "course").order_by("learner", "-last_accessed_at")


def _one_each(rows: Iterable[Enrollment]) -> list[Enrollment]:
    """The course that each touched last."""
    first: dict[int, Enrollment] = {}
    for row in rows:
        first.setdefault(row.learner_id, row)
    return list(first.values())


def _reminder(enrollment: Enrollment, days: int, *, at: dt.datetime) -> Message:
    course, lesson = enrollment.course, _next(enrollment)
    with translation.override(enrollment.learner.language):
        words: dict[str, str | int] = {"course": course.title, "days": days}
        words["lesson"] = lesson.title if lesson else course.title
        return Message(
            person=enrollment.learner,
            kind=Kind.REMINDER,
            key=f"{days}:{enrollment.last_accessed_at:%Y-%m-%d}",
            title=_("Your place in %(course)s is kept") % words,
            body=_("Next: %(lesson)s. Ten minutes are enough to find the path again.") % words,
            url=lesson.get_absolute_url() if lesson else course.get_absolute_url(),
            words=words,
            course=course.pk,
            at=at,
            until=at + LATE,
        )


def _next(enrollment: Enrollment) -> Lesson | None:
    done = LessonProgress.objects.filter(learner=enrollment.learner, lesson=OuterRef("pk")).exclude(completed_at=None)
    rows = Lesson.objects.filter(course=enrollment.course).published().filter(~Exists(done), is_required=True)
    return rows.in_order().select_related("course").first()


def tell_goals_near(*, at: dt.datetime) -> int:
    """Tell in the evening whose daily goal is one session away; how many were told."""
    told = 0
    for name, local in zones_where(EVENING, at=at):
        sessions = LearningSession.objects.filter(learner__time_zone=name, learner__is_active=True, day=local.date())
        counts = dict(sessions.order_by().values_list("learner").annotate(n=Count("pk")))
        goals = _daily_goals(counts)
        near = [pk for pk, n in counts.items() if n == goals.get(pk, DAILY_GOAL) - 1]
        for some in batches(User.objects.filter(pk__in=near).iterator(chunk_size=ROWS), ROWS):
            told += _tell([_goal_near(person, counts[person.pk], at=at) for person in some])
    return told


def _daily_goals(people: Iterable[int]) -> dict[int, int]:
    goals = Goal.objects.filter(
        learner__in=list(people), metric=SESSIONS, period=Goal.Period.DAILY, status=Goal.Status.ACTIVE
    )
    return {learner: int(target) for learner, target in goals.values_list("learner", "target_value")}


def _goal_near(person: User, done: int, *, at: dt.datetime) -> Message:
    today = person.day_at(at)
    with translation.override(person.language):
        title = ngettext("One more session: %(n)d is done today", "One more session: %(n)d are done today", done)
        return Message(
            person=person,
            kind=Kind.GOAL_NEAR,
            key=str(today),
            title=title % {"n": done},
            body=_("Your goal for today is one lesson or practice away."),
            url=reverse("analytics:my_learning"),
            words={"done": done, "target": done + 1},
            at=at,
            until=day_starts(today + dt.timedelta(days=1), person.zone_at(at)),
        )


@transaction.atomic
def _tell(messages: list[Message]) -> int:
    tell(messages)
    return len(messages)
