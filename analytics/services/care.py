"""Acting for a learner: a message, a note, a flag put off or dismissed; and the learner's own answer."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from analytics.exceptions import BadUntil, NotFlagged
from analytics.kinds.risk import Act, Reason
from analytics.models import Outreach, RiskFlag, StudentNote, StudentReading
from gamification.exceptions import NoVacationLeft
from gamification.services.pauses import plan_vacation
from learning.models import Course, Enrollment, User
from learning.once import insert_once
from learning.zones import day_at
from notifications.kinds import Kind
from notifications.services.telling import Message, tell

WATCHED = dt.timedelta(days=14)
ONE_DAY = dt.timedelta(days=1)
FARTHEST = dt.timedelta(days=366)


@dataclass(frozen=True)
class Draft:
    """A message as it would reach the learner, in their language."""

    title: str
    text: str


def draft(*, enrollment: Enrollment, kind: Act, reason: Reason | None, by: User) -> Draft:
    """What to begin from; whoever sends it may write something else. A course that shows no names greets without."""
    learner, course = enrollment.learner, enrollment.course
    with translation.override(learner.language):
        greeting = _("Hello") if course.learners_by_alias else _("Hello %(name)s") % {"name": learner.name}
        text = _offering() if kind is Act.OFFER_HELP else _encouraging(reason)
        words = {"hello": greeting, "course": course.title, "me": by.name}
        return Draft(_title(kind, course), text % words)


def _offering() -> str:
    return _(
        "%(hello)s, I saw that “%(course)s” takes some effort at the moment. Would it help to look at it together? "
        "Tell me where you stopped, and I will answer. – %(me)s"
    )


def _encouraging(reason: Reason | None) -> str:
    if reason is Reason.INACTIVE:
        return _(
            "%(hello)s, your place in “%(course)s” is kept just as you left it. One short lesson is a good way back "
            "in. – %(me)s"
        )
    if reason is Reason.STUCK:
        return _(
            "%(hello)s, you have kept at “%(course)s”, and that is what counts. If one lesson will not give way, go on "
            "with the next and come back to it later. – %(me)s"
        )
    if reason is Reason.STRUGGLING:
        return _(
            "%(hello)s, the practice in “%(course)s” is meant to be hard at first; trying again is how it is learnt. "
            "The explanations after each answer help. – %(me)s"
        )
    if reason is Reason.RUSHING:
        return _(
            "%(hello)s, you move fast through “%(course)s”. Where something is new, it pays to stay a little longer. "
            "– %(me)s"
        )
    return _("%(hello)s, it is good to have you in “%(course)s”. Every small step counts. – %(me)s")


def _title(kind: Act, course: Course) -> str:
    if kind is Act.OFFER_HELP:
        return _("An offer of help in “%(course)s”") % {"course": course.title}
    return _("A word about “%(course)s”") % {"course": course.title}


@transaction.atomic
def write_to(
    *, enrollment: Enrollment, kind: Act, text: str, by: User, at: dt.datetime, flag: RiskFlag | None = None
) -> tuple[Outreach, bool]:
    """Send the learner an encouragement or an offer of help; the act, and whether this call was the one.

    One of a kind a day, whoever sends it: again the same day, the first one stays and nothing is sent.
    """
    act = _act(enrollment, kind, by=by, at=at, flag=flag)
    act.message = text
    if not insert_once(act):
        first = Outreach.objects.get(course=act.course, learner=act.learner, kind=kind, day=act.day)
        return first, False
    with translation.override(enrollment.learner.language):
        title = _title(kind, enrollment.course)
    tell(
        [
            Message(
                person=enrollment.learner,
                kind=Kind.INSTRUCTOR_MESSAGE,
                key=f"outreach:{act.pk}",
                title=title,
                at=at,
                body=text,
                url=enrollment.course.get_absolute_url(),
                words={"course": enrollment.course.title, "instructor": by.name},
                course=enrollment.course_id,
            )
        ]
    )
    return act, True


@transaction.atomic
def note(*, enrollment: Enrollment, text: str, is_action_item: bool = False, by: User, at: dt.datetime) -> StudentNote:
    """Write something down about a learner, for those who teach the course."""
    act = _act(enrollment, Act.NOTE, by=by, at=at)
    act.save(force_insert=True)
    return StudentNote.objects.create(
        act=act,
        course=enrollment.course,
        learner=enrollment.learner,
        author=by,
        text=text,
        is_action_item=is_action_item,
        at=at,
    )


def finish(item: StudentNote, *, at: dt.datetime) -> bool:
    """An action item is done; whether this call was the one."""
    return StudentNote.objects.filter(pk=item.pk, is_action_item=True, done_at=None).update(done_at=at) == 1


@transaction.atomic
def snooze(*, flag: RiskFlag, enrollment: Enrollment, until: dt.date, by: User, at: dt.datetime) -> Outreach:
    """Put a flag off until that day. Raises BadUntil, NotFlagged. Again: the last day said holds."""
    today = day_at(at, enrollment.course.time_zone)
    if not today < until <= today + FARTHEST:
        raise BadUntil
    if not RiskFlag.objects.open().filter(pk=flag.pk, dismissed_at=None).update(snoozed_until=until):
        raise NotFlagged
    before = Outreach.objects.filter(flag=flag, kind=Act.SNOOZE, until=until).first()
    if before:
        return before
    act = _act(enrollment, Act.SNOOZE, by=by, at=at, flag=flag)
    act.until = until
    act.save(force_insert=True)
    return act


@transaction.atomic
def dismiss(*, flag: RiskFlag, enrollment: Enrollment, reason: str = "", by: User, at: dt.datetime) -> Outreach:
    """Not a problem: this flag is not shown again. Raises NotFlagged. Again: nothing changes."""
    if not RiskFlag.objects.open().filter(pk=flag.pk, dismissed_at=None).update(dismissed_at=at):
        before = Outreach.objects.filter(flag=flag, kind=Act.DISMISS).first()
        if before is None:
            raise NotFlagged
        return before
    act = _act(enrollment, Act.DISMISS, by=by, at=at, flag=flag)
    act.message = reason
    act.save(force_insert=True)
    return act


@transaction.atomic
def answer_away(*, flag: RiskFlag, until: dt.date, at: dt.datetime) -> bool:
    """The learner says that they are on holiday: a vacation from tomorrow on, and none of their flags is asked about.

    Whose days of vacation are taken or used up is believed as well; False then, for their streak does not rest.
    Raises BadVacation for days that can be no vacation, NotFlagged for a flag that no longer holds.
    """
    learner = flag.learner
    own = RiskFlag.objects.of(learner)
    if not own.filter(pk=flag.pk).exists():
        raise NotFlagged
    rests = True
    try:
        plan_vacation(learner=learner, first_day=learner.day_at(at) + ONE_DAY, last_day=until, at=at)
    except NoVacationLeft:
        rests = False
    enrollment = Enrollment.objects.select_related("course", "learner").get(learner=learner, course=flag.course_id)
    own.update(answered_at=at)
    act = _act(enrollment, Act.ANSWER, by=learner, at=at, flag=flag)
    act.until = until
    act.save(force_insert=True)
    return rests


def remember_reading(*, enrollment: Enrollment, reader: User, at: dt.datetime) -> StudentReading:
    """Somebody opens a learner's page. The learner is shown it; so every opening is written down."""
    return StudentReading.objects.create(
        course_id=enrollment.course_id, learner_id=enrollment.learner_id, reader=reader, at=at
    )


def _act(enrollment: Enrollment, kind: Act, *, by: User, at: dt.datetime, flag: RiskFlag | None = None) -> Outreach:
    return Outreach(
        course_id=enrollment.course_id,
        learner_id=enrollment.learner_id,
        by=by,
        kind=kind,
        flag=flag,
        at=at,
        day=day_at(at, enrollment.course.time_zone),
        watched_until=at + WATCHED,
    )
