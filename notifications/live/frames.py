"""The words of a stream on the wire (server-sent events, WHATWG HTML 9.2)."""

from __future__ import annotations

import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

BEAT = b": beat\n\n"
RETRY_MILLISECONDS = 2000
RETRY_WHEN_FULL_MILLISECONDS = 60_000


def event(kind: str, data: Any, *, place: int | None = None) -> bytes:
    """One event; with a place, the client is at it once the event has arrived whole."""
    lines = [f"event: {kind}", f"data: {json.dumps(data, cls=DjangoJSONEncoder, separators=(',', ':'))}"]
    if place is not None:
        lines.insert(0, f"id: {place}")
    return ("\n".join(lines) + "\n\n").encode()


STUDIED = event("studied", {})
"""Study time was credited, somewhere. It has no place: nothing is lost with it."""


def beginning(place: int) -> bytes:
    """Says that from here on everything is told, and where that is: who loses the stream goes on from there."""
    return f"retry: {RETRY_MILLISECONDS}\n".encode() + event("begun", {}, place=place)


def reset(place: int) -> bytes:
    """What was missed can't be told one by one: load the state anew, and go on from here."""
    return event("reset", {}, place=place)


def full() -> bytes:
    """Another page of the same person took this stream's turn; come back later or ask by polling."""
    return f"retry: {RETRY_WHEN_FULL_MILLISECONDS}\n".encode() + event("full", {})
