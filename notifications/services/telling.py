"""The one door through which people are told something, in the transaction of what they are told."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.db import transaction
from django.db.models import QuerySet

from learning.models import User
from notifications.models import LiveEvent, Notification
from notifications.services.routing import ROWS, Message
from notifications.services.stream import say

__all__ = ["Message", "tell", "tell_each"]


def tell(messages: Sequence[Message], *, along: Sequence[LiveEvent] = (), quietly: bool = False) -> list[Notification]:
    """Tell these, each by the ways that its person chose, and open pages of `along` as well.

    It joins the caller's transaction, so that what was rolled back was never told. The same kind and key again tells
    nothing. Within an act everything is written at its end, and only then the list of what is new in inboxes is filled.
    `quietly`: open pages celebrate none of these.
    """
    return say(messages, along, quietly=quietly)


def tell_each(people: QuerySet[User], message: Callable[[User], Message | None], *, portion: int = ROWS) -> int:
    """Tell many people, in portions with a transaction each; returns how many messages there were.

    It may be stopped anywhere and called again: who was told is not told twice.
    """
    last, count = 0, 0
    while batch := list(people.filter(pk__gt=last).order_by("pk")[:portion]):
        messages = [made for person in batch if (made := message(person))]
        with transaction.atomic():
            tell(messages)
        count += len(messages)
        last = batch[-1].pk
    return count
