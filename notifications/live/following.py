"""What one open page is sent: what it missed, what happens, and a beat that asks whether it may still listen."""

from __future__ import annotations

import random
import time
from collections.abc import AsyncIterator, Callable

from asgiref.sync import SyncToAsync, sync_to_async
from django.db import connections
from django.utils import timezone

from notifications.live import frames
from notifications.live.hub import Stream, hub, read
from notifications.selectors.stream import missed

BEAT_SECONDS = (25.0, 35.0)
UNKNOWN = -1
"""As a place: one that we never gave."""


async def follow(person: int, *, after: int | None, may_listen: Callable[[], bool]) -> AsyncIterator[bytes]:
    """Frames for one page of this person, from the place after `after` on; from now on without one.

    It ends within 35 s after `may_listen` says no. The connection that the request used is given back first.
    """
    await sync_to_async(connections.close_all)()
    _give_back_thread()
    here = hub()
    stream = await here.join(person, after=after)
    try:
        yield await _first(stream, after)
        beat_at = _next_beat()
        while not (stream.is_over and stream.is_empty):
            frame = await stream.next(beat_at - time.monotonic())
            if frame is not None:
                yield frame
            if time.monotonic() >= beat_at:
                if not await read(may_listen):
                    return
                beat_at = _next_beat()
                yield frames.BEAT
    finally:
        here.leave(stream)


def _give_back_thread() -> None:
    """A request keeps a thread for its synchronous parts as long as its answer lasts. A stream needs it no more; at the
    end, another one is made. Five hundred of them are most of what streams would weigh."""
    context = SyncToAsync.thread_sensitive_context.get(None)
    thread = SyncToAsync.context_to_thread_executor.pop(context, None) if context else None
    if thread:
        thread.shutdown(wait=False)


async def _first(stream: Stream, after: int | None) -> bytes:
    """Where the page stands when its stream begins."""
    if after is None or after == stream.place:
        return frames.beginning(stream.place)
    told = None
    if after != UNKNOWN:
        told = await read(lambda: missed(stream.person, after=after, until=stream.place, at=timezone.now()))
    if told is None:
        return frames.reset(stream.place) + frames.beginning(stream.place)
    again = [frames.event(one.kind, one.data, place=one.place) for one in told]
    return b"".join([*again, frames.beginning(stream.place)])


def _next_beat() -> float:
    """At random within bounds, so that pages that were opened together do not ask together."""
    return time.monotonic() + random.uniform(*BEAT_SECONDS)  # noqa: S311  (spread, not secrecy)
