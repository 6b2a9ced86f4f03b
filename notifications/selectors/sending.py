"""Whether a delivery may go now: asked at the moment of sending, when much may have changed since it was told."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from learning.kinds import CourseState
from learning.models import Course, Enrollment, StudyClock
from learning.zones import zone
from notifications.channels import CHANNELS
from notifications.models import Delivery, Manner
from notifications.selectors.preferences import choices_of, manner_of

AT_WORK = dt.timedelta(minutes=1)
LOOK_AGAIN = dt.timedelta(minutes=2)


@dataclass(frozen=True)
class Wait:
    """Not now: until when, and why."""

    until: dt.datetime
    why: str


def may_not(delivery: Delivery, *, at: dt.datetime) -> str:
    """Why it must not go any more; empty when it may."""
    person = delivery.recipient
    if not person.is_active:
        return "The account is closed."
    if delivery.channel not in CHANNELS:
        return "The channel is switched off."
    if not delivery.at_once and not _is_wanted(delivery):
        return "Turned off by its recipient."
    if delivery.until and at >= delivery.until:
        return "Its time is over."
    if delivery.course_id and not _has_access(delivery, delivery.course_id):
        return "The recipient has no access to the course any more."
    if delivery.address not in CHANNELS[delivery.channel].addresses(person):
        return "The address is gone."
    return ""


def _is_wanted(delivery: Delivery) -> bool:
    person = delivery.recipient_id
    return choices_of([person], kinds=[delivery.kind]).wants(person, delivery.kind, delivery.channel)


def _has_access(delivery: Delivery, course: int) -> bool:
    """Enrolled in a course that is open, or one who may change it."""
    enrolled = Enrollment.objects.current().filter(learner=delivery.recipient, course=course)
    if enrolled.filter(course__state=CourseState.PUBLISHED).exists():
        return True
    return Course.objects.managed_by(delivery.recipient).filter(pk=course).exists()


def must_wait(delivery: Delivery, *, at: dt.datetime) -> Wait | None:
    """Until when it waits: its recipient is at work this very minute, or has quiet hours."""
    if delivery.at_once:
        return None
    person = delivery.recipient
    if quiet := quiet_until(manner_of(person), person.zone_at(at), at=at):
        return Wait(quiet, "Quiet hours.")
    if is_studying(delivery.recipient_id, at=at):
        return Wait(at + LOOK_AGAIN, "Its recipient is studying.")
    return None


def is_studying(person: int, *, at: dt.datetime) -> bool:
    """Whether time was credited to this person within the last minute."""
    since = int((at - AT_WORK).timestamp() * 1000)
    return StudyClock.objects.filter(pk=person, credited_until__gt=since).exists()


def quiet_until(manner: Manner, zone_name: str, *, at: dt.datetime) -> dt.datetime | None:
    """When the quiet hours that `at` lies in are over; None outside of them. They may reach over midnight."""
    start, end = manner.quiet_from, manner.quiet_to
    if start is None or end is None:
        return None
    local = at.astimezone(zone(zone_name))
    now = local.time()
    is_quiet = start <= now < end if start < end else now >= start or now < end
    if not is_quiet:
        return None
    day = local.date() if now < end else local.date() + dt.timedelta(days=1)
    return dt.datetime.combine(day, end, tzinfo=zone(zone_name)).astimezone(dt.UTC)
