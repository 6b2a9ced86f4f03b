"""The demo's last weeks as its instructors lived them: nights that were judged, and what they did about it."""

from __future__ import annotations

import datetime as dt

from analytics.kinds.risk import Act
from analytics.models import Outreach, RiskSnapshot
from analytics.services.care import WATCHED, note
from analytics.services.lines import place_all
from analytics.services.risk import judge_day
from learning.models import Course, Enrollment, User
from learning.zones import day_at

# Nights before the day of loading, the oldest first; the last two show today's flags to those who teach.
NIGHTS = (22, 15, 8, 3, 2, 1)
ACTED_ON = 22
ENCOURAGED = 6
HELPED = 2
ONE_DAY = dt.timedelta(days=1)
WORDS = "It is good to have you here. One short lesson is enough to be back in."
OFFER = "Would it help to look at it together? Tell me where you stopped."
NOTES = (
    ("Prefers to read in the evening. Asked for more examples with numbers.", False),
    ("Ask next week whether the second practice went better.", True),
)


def look_after(*, at: dt.datetime) -> None:
    """Lists in order, nights judged, a few learners written to three weeks ago."""
    place_all()
    for course in Course.objects.order_by("pk"):
        today = day_at(at, course.time_zone)
        for back in NIGHTS:
            judge_day(course, today - back * ONE_DAY, at=at)
        _act(course, today - ACTED_ON * ONE_DAY, at=at)


def _act(course: Course, night: dt.date, *, at: dt.datetime) -> None:
    """Whom that night put first was encouraged, or offered help, in the days after."""
    teacher = course.instructors.order_by("pk").first()
    flagged = RiskSnapshot.objects.filter(course=course, day=night, is_flagged=True).order_by("-score", "learner")
    learners = [snapshot.learner for snapshot in flagged.select_related("learner")[: ENCOURAGED + HELPED]]
    if teacher is None or not learners:
        return
    acts = [_outreach(course, teacher, learner, n, at=at) for n, learner in enumerate(learners)]
    Outreach.objects.bulk_create(acts)
    for learner, (text, is_todo) in zip(reversed(learners), NOTES, strict=False):
        enrollment = Enrollment.objects.select_related("course").get(course=course, learner=learner)
        note(enrollment=enrollment, text=text, is_action_item=is_todo, by=teacher, at=at - 4 * ONE_DAY)


def _outreach(course: Course, teacher: User, learner: User, n: int, *, at: dt.datetime) -> Outreach:
    moment = at - (ACTED_ON - 1) * ONE_DAY + n * dt.timedelta(minutes=7)
    kind = Act.OFFER_HELP if n < HELPED else Act.ENCOURAGE
    return Outreach(
        course=course,
        learner=learner,
        by=teacher,
        kind=kind,
        message=OFFER if kind is Act.OFFER_HELP else WORDS,
        at=moment,
        day=day_at(moment, course.time_zone),
        watched_until=moment + WATCHED,
    )
