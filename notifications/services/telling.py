"""The one door through which people are told something, in the transaction of what they are told."""

from __future__ import annotations

from collections.abc import Sequence

from notifications.models import LiveEvent, Notification
from notifications.services.routing import Message
from notifications.services.stream import say

__all__ = ["Message", "tell"]


def tell(messages: Sequence[Message], *, along: Sequence[LiveEvent] = (), quietly: bool = False) -> list[Notification]:
    """Tell these, each by the ways that its person chose, and open pages of `along` as well.

    It joins the caller's transaction, so that what was rolled back was never told. The same kind and key again tells
    nothing. Within an act everything is written at its end, and only then the list of what is new in inboxes is filled.
    `quietly`: open pages celebrate none of it.
    """
    return say(messages, along, quietly=quietly)
