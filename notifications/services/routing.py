"""From what is told to where it goes: rows of inboxes, and deliveries with their rows of the outbox."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from django.db import models

from learning import outbox
from learning.models import User
from learning.once import insert_new
from notifications.channels import CHANNELS
from notifications.kinds import Channel, Kind
from notifications.models import Delivery, Notification
from notifications.selectors.preferences import Choices, choices_of
from notifications.selectors.wording import Words, reworded, spoken

DELIVER = "notifications.deliver"
# As many rows as one statement of SQLite has parameters for, with room to spare.
ROWS = 500
Row = TypeVar("Row", bound=models.Model)


@dataclass(frozen=True)
class Message:
    """Something that one person should hear of, in their language. The same `kind` and `key` is told once.

    `words` are what templates of this kind may use, `course` is the one that it is about: who has lost access to that
    hears nothing any more. After `until` it is not sent, only kept in the inbox.
    """

    person: User
    kind: Kind
    key: str
    title: str
    at: dt.datetime
    body: str = ""
    url: str = ""
    words: Mapping[str, str | int] = field(default_factory=dict)
    course: int | None = None
    until: dt.datetime | None = None

    @property
    def mark(self) -> tuple[int, str, str]:
        return self.person.pk, str(self.kind), self.key


def leave(messages: Sequence[Message]) -> list[Notification]:
    """Write these into inboxes and on their way out, as each person chose; returns the rows that are new in inboxes.

    What lies in an inbox already goes nowhere again, and nothing goes twice by one channel.
    """
    choices = choices_of({m.person.pk for m in messages}, kinds={m.kind for m in messages})
    shown = [m for m in messages if choices.wants(m.person.pk, m.kind, Channel.IN_APP)]
    rows = _insert([_row(m, choices) for m in shown], told_apart_by=("learner_id", "kind", "key"))
    told_before = {m.mark for m in shown} - {(row.learner_id, row.kind, row.key) for row in rows}
    send([m for m in messages if m.mark not in told_before], choices)
    return rows


def send(messages: Sequence[Message], choices: Choices) -> list[Delivery]:
    """Put these on their way by all channels that their people chose; returns what was not on its way before."""
    ways = [(m, channel) for m in messages for channel in CHANNELS if choices.wants(m.person.pk, m.kind, channel)]
    if not ways:
        return []
    places = Places(ways)
    asked = [_delivery(m, channel, address) for m, channel in ways for address in places.of(m.person, channel)]
    return put_on_the_way(asked)


def put_on_the_way(asked: Sequence[Delivery]) -> list[Delivery]:
    """Write these and a row of the outbox for each; returns those that were not there."""
    new = _insert(asked, told_apart_by=("recipient_id", "kind", "channel", "key", "address"))
    for some in _in_portions(new):
        outbox.put_many(DELIVER, {row_key(d): {"delivery": d.pk} for d in some}, at=some[0].created_at)
    return new


def row_key(delivery: Delivery) -> str:
    """The key of its row of the outbox, which goes along with each attempt to send it."""
    return f"delivery:{delivery.pk}"


class Places:
    """At which places each channel reaches these people; each channel is asked once where it can answer for many."""

    def __init__(self, ways: Sequence[tuple[Message, str]]) -> None:
        people: dict[str, dict[int, User]] = {}
        for message, channel in ways:
            people.setdefault(channel, {})[message.person.pk] = message.person
        self._known = {channel: _addresses(channel, list(found.values())) for channel, found in people.items()}

    def of(self, person: User, channel: str) -> list[str]:
        return self._known[channel].get(person.pk, [])


def _addresses(channel: str, people: list[User]) -> dict[int, list[str]]:
    way = CHANNELS[channel]
    if getattr(way, "has_one_address", False):
        return {person.pk: [""] for person in people}
    if many := getattr(way, "addresses_of", None):
        return dict(many(people))
    return {person.pk: way.addresses(person) for person in people}


def _row(message: Message, choices: Choices) -> Notification:
    title, body = _words(message, choices)
    return Notification(
        learner=message.person,
        kind=message.kind,
        key=message.key,
        title=short(title, 240),
        body=short(body, 500),
        url=message.url,
        created_at=message.at,
    )


def _words(message: Message, choices: Choices) -> Words:
    """As it was told, or as a template of inboxes has it."""
    told = message.title, message.body
    for language in spoken(message.person.language):
        if template := choices.templates.get((str(message.kind), language)):
            return reworded(template, told, message.person.name, message.words) or told
    return told


def _delivery(message: Message, channel: str, address: str) -> Delivery:
    return Delivery(
        recipient=message.person,
        kind=message.kind,
        channel=channel,
        key=message.key,
        address=address,
        title=short(message.title, 240),
        body=message.body,
        url=message.url,
        words=dict(message.words),
        course_id=message.course,
        until=message.until,
        created_at=message.at,
    )


def short(text: str, most: int) -> str:
    """The text, or its beginning and an ellipsis."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _insert(rows: Sequence[Row], *, told_apart_by: Sequence[str]) -> list[Row]:
    return [new for some in _in_portions(rows) for new in insert_new(some, told_apart_by=told_apart_by)]


def _in_portions(rows: Sequence[Row]) -> Iterator[list[Row]]:
    for start in range(0, len(rows), ROWS):
        yield list(rows[start : start + ROWS])
