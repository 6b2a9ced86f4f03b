"""Telling people what happened: in their inboxes, by their channels, and on their open pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from learning.services.retention import forgets
from learning.signals import at_the_end, in_an_act
from notifications.kinds import EventKind
from notifications.live.bell import ring
from notifications.models import LiveEvent, Notification
from notifications.services.routing import Message, leave

KEPT = dt.timedelta(days=2)


def publish(events: Sequence[LiveEvent]) -> None:
    """Tell these. They are written in the caller's transaction: what was rolled back was never told.

    What one act tells is written in one statement at its end; outside an act, at once. Whoever publishes to many people
    does it in portions, in a transaction each: streams wait behind one that is open.
    """
    say([], events)


def say(messages: Sequence[Message], events: Sequence[LiveEvent], *, quietly: bool = False) -> list[Notification]:
    """Leave these in inboxes and on their way out, and publish these events and what is new in inboxes.

    Returns what is new in inboxes; within an act the list is filled at its end, when everything is written.
    """
    told = Told(messages, events, is_quiet=quietly)
    if messages or events:
        transaction.on_commit(told, robust=True)  # outside a transaction it is called at once
        if not in_an_act() and not told.is_written:
            _write([told])
    return told.new


class Told:
    """What is on its way into the tables; as a callback of the commit it goes with a savepoint that goes."""

    def __init__(self, messages: Sequence[Message], events: Sequence[LiveEvent], *, is_quiet: bool) -> None:
        self.messages, self.events, self.is_quiet, self.is_written = list(messages), list(events), is_quiet, False
        self.new: list[Notification] = []
        self.__qualname__ = type(self).__qualname__  # Django's logging asks for it when a callback fails

    def __call__(self) -> None:
        """The transaction is through; without one around it, this is also the moment to write."""
        if not self.is_written:
            _write([self])
        ring()


@at_the_end
def write_what_was_told() -> None:
    """All that an act tells and that no savepoint took away: a statement for the inboxes, one for open pages."""
    callbacks = (callback for _, callback, _ in transaction.get_connection().run_on_commit)
    _write([told for told in callbacks if isinstance(told, Told) and not told.is_written])


def _write(waiting: Sequence[Told]) -> None:
    if not waiting:
        return
    with transaction.atomic():
        _put_into_inboxes(waiting)
        events = [event for told in waiting for event in told.events]
        events += [
            of_notification(row, at=row.created_at, is_quiet=told.is_quiet) for told in waiting for row in told.new
        ]
        if events:
            LiveEvent.objects.bulk_create(_each_number_once(events))
    for told in waiting:
        told.is_written = True


def _put_into_inboxes(waiting: Sequence[Told]) -> None:
    first = {message.mark: told for told in reversed(waiting) for message in reversed(told.messages)}
    messages = {message.mark: message for told in reversed(waiting) for message in reversed(told.messages)}
    new = leave(list(reversed(messages.values()))) if messages else []
    for row in new:
        first[row.learner_id, row.kind, row.key].new.append(row)


def of_notification(row: Notification, *, at: dt.datetime, is_quiet: bool = False) -> LiveEvent:
    """The notification as the API shows it: again, with `read_at`, once it was read. A quiet one is not celebrated."""
    told = {name: getattr(row, name) for name in ("id", "kind", "key", "title", "body", "url", "created_at", "read_at")}
    told |= {"quiet": True} if is_quiet else {}
    return LiveEvent(person_id=row.learner_id, kind=EventKind.NOTIFICATION, data=told, created_at=at)


def _each_number_once(events: Sequence[LiveEvent]) -> list[LiveEvent]:
    """That a person's numbers moved is said once an act, last."""
    moved = {event.person_id: event for event in events if event.kind == EventKind.STATS}
    return [*(event for event in events if event.kind != EventKind.STATS), *moved.values()]


def numbers_moved(person: int, *, at: dt.datetime) -> LiveEvent:
    """The event that a person's counters are no longer what they were. A stream adds what they are when it tells it."""
    return LiveEvent(person_id=person, kind=EventKind.STATS, created_at=at)


def course_news(person: int, data: dict[str, Any], *, at: dt.datetime) -> LiveEvent:
    """The event that something happened in a course that this person teaches."""
    return LiveEvent(person_id=person, kind=EventKind.COURSE, data=data, created_at=at)


@forgets("live_events")
def forget_events(*, at: dt.datetime) -> int:
    """Delete what is older than two days. The newest row stays: it is the place where a quiet stream goes on."""
    newest = LiveEvent.objects.order_by("-pk").values_list("pk", flat=True).first()
    return LiveEvent.objects.filter(created_at__lt=at - KEPT).exclude(pk=newest).delete()[0] if newest else 0
