"""Announcements: written by staff and instructors, told in portions, cancelled before they are through."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from learning import outbox
from learning.exceptions import BadField, TooMany, Unknown
from learning.limits import take_one
from learning.models import Course, User
from learning.services.audit import record
from notifications.exceptions import NotYours
from notifications.kinds import Kind
from notifications.models import Announcement
from notifications.selectors.announcements import audience, teaches
from notifications.services.telling import Message, tell

KIND = "notifications.announce"
PORTION = 500
# A row of the outbox tells so many portions and asks for the next one; whoever dies at it is followed after its lease.
PORTIONS_A_ROW = 4
LEASE = dt.timedelta(seconds=45)
FURTHEST = dt.timedelta(days=365)
Segment, State = Announcement.Segment, Announcement.State


@dataclass(frozen=True)
class To:
    """One person, or a segment: of a course, or of everybody."""

    person: User | None = None
    course: Course | None = None
    segment: str = ""
    days: int | None = None


def draft(
    *, sender: User, to: To, title: str, message: str, send_at: dt.datetime | None, at: dt.datetime
) -> Announcement:
    """An announcement that nobody has been told of and that is not stored: to count whom it would reach.

    Refuses (Unknown) what the sender may not know of, and (NotYours) what only staff may.
    """
    if send_at is not None and not at - dt.timedelta(minutes=5) <= send_at <= at + FURTHEST:
        raise BadField("send_at", _("Choose a moment from now to a year ahead."))
    _may_reach(sender, to)
    return Announcement(
        sender=sender,
        person=to.person,
        course=to.course,
        segment=to.segment,
        days=to.days if to.segment == Segment.INACTIVE else None,
        title=title,
        message=message,
        send_at=max(send_at or at, at),
        created_at=at,
    )


@transaction.atomic
def announce(written: Announcement, *, at: dt.datetime) -> Announcement:
    """Store a draft and tell it: to one person at once, in this transaction; to many after it, in portions."""
    sender = written.sender
    assert sender is not None, "a draft has a sender"  # noqa: S101
    _count(sender, at=at)
    written.expected = audience(written).count()
    written.save()
    after = {"people": written.expected, "send_at": written.send_at.isoformat(), "segment": written.segment}
    record("announcement.written", written, by=sender, at=at, after=after, course=written.course)
    if written.person_id and written.send_at <= at:
        _tell_portion(written, at=at)
        _finish(written, State.SENT, at=at)
    else:
        outbox.put(KIND, f"{written.key}:0", {"announcement": written.pk}, at=at, run_at=written.send_at)
    return written


@transaction.atomic
def cancel(announcement: Announcement, *, by: User, at: dt.datetime) -> bool:
    """Tell nobody more; whether there was anything left to cancel. Who was told stays told."""
    if not _finish(announcement, State.CANCELLED, at=at):
        return False
    record("announcement.cancelled", announcement, by=by, at=at, course=announcement.course)
    return True


def go_on(held_up: QuerySet[Announcement], *, at: dt.datetime) -> int:
    """Ask once more to tell these, from where they came to; returns how many. Asking twice tells nobody twice."""
    rows = {f"{one.key}:{one.reached}:{at.isoformat()}": {"announcement": one.pk} for one in held_up}
    return len(outbox.put_many(KIND, rows, at=at))


@outbox.handles(KIND, queue="notifications", lease=LEASE)
def tell_people(key: str, payload: dict[str, Any]) -> None:
    """Some portions, and a row for the next ones. Whoever was told stays behind `reached`, so a repeat goes on."""
    for _portion in range(PORTIONS_A_ROW):
        reached = _next_portion(payload["announcement"], at=timezone.now())
        if reached is None:
            return
    outbox.put(KIND, f"announcement:{payload['announcement']}:{reached}", payload, at=timezone.now())


@transaction.atomic
def _next_portion(pk: int, *, at: dt.datetime) -> int | None:
    """Tell the next people and say how far it came; None when it is through, or was cancelled."""
    announcement = Announcement.objects.under_way().select_for_update().filter(pk=pk).first()
    if announcement is None:
        return None
    if not _tell_portion(announcement, at=at):
        _finish(announcement, State.SENT, at=at)
        return None
    return announcement.reached


def _tell_portion(announcement: Announcement, *, at: dt.datetime) -> int:
    """Tell the next people; how many there were. The caller is in the transaction that tells them."""
    people = list(audience(announcement).filter(pk__gt=announcement.reached)[:PORTION])
    if not people:
        return 0
    course = announcement.course
    tell([_message(announcement, person, course, at=at) for person in people])
    announcement.reached = people[-1].pk
    ours = Announcement.objects.filter(pk=announcement.pk)
    ours.update(reached=announcement.reached, told=F("told") + len(people), state=State.SENDING)
    return len(people)


def _message(announcement: Announcement, person: User, course: Course | None, *, at: dt.datetime) -> Message:
    return Message(
        person=person,
        kind=Kind.ANNOUNCEMENT,
        key=announcement.key,
        title=announcement.title,
        body=announcement.message,
        url=announcement.get_absolute_url(),
        words={"course": course.title} if course else {},
        course=course.pk if course else None,
        at=at,
    )


def _finish(announcement: Announcement, state: str, *, at: dt.datetime) -> bool:
    ours = Announcement.objects.under_way().filter(pk=announcement.pk)
    if not ours.update(state=state, finished_at=at):
        return False
    announcement.state, announcement.finished_at = state, at
    return True


def _may_reach(sender: User, to: To) -> None:
    """Staff: everybody. Instructors: their courses, and who is in one of them. What is no one's else is not there."""
    if sender.is_staff_member:
        return
    if to.course is not None and not to.course.is_managed_by(sender):
        raise Unknown
    if to.person is not None and not teaches(sender, to.person):
        raise Unknown
    if to.person is None and to.course is None:
        raise NotYours(_("Only staff write to people of all courses."))


def _count(sender: User, *, at: dt.datetime) -> None:
    """So many a day (UTC) for each sender; what fails afterwards is not counted."""
    tomorrow = (at + dt.timedelta(days=1)).astimezone(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    most = settings.ANNOUNCEMENTS_A_DAY_STAFF if sender.is_staff_member else settings.ANNOUNCEMENTS_A_DAY
    if not take_one(f"announcements:{sender.pk}", limit=most, ends_at=tomorrow):
        wait = int((tomorrow - at).total_seconds()) + 1
        raise TooMany(_("That was the last announcement for today. Go on tomorrow."), retry_after=wait)
