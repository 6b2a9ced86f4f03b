"""One hub per process: it looks at the table for all streams that are open here, and hands each what is its person's.

A stream holds no database connection and no lock; the hub borrows a connection for the moment of a look. It looks once
a second while streams are open, and at once when the bell rings.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar
from weakref import WeakKeyDictionary

from django.conf import settings
from django.db import Error, connections
from django.utils import timezone
from redis.asyncio import Redis
from redis.exceptions import RedisError

from notifications.live import bell, frames
from notifications.selectors import stream as selectors

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
BREATH_SECONDS = 0.05
PAUSE_AFTER_FAILURE_SECONDS = 2.0
STREAMS_PER_PERSON = 5
FRAMES_HELD = 200

Answer = TypeVar("Answer")
_threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="live")


async def read(question: Callable[[], Answer]) -> Answer:
    """Ask the database on a thread of our own, and give the connection back."""

    def ask() -> Answer:
        try:
            return question()
        finally:
            connections.close_all()

    return await asyncio.get_running_loop().run_in_executor(_threads, ask)


class Stream:
    """One open page of one person: the frames that wait for it, and the place after which they begin."""

    __slots__ = ("_waiting", "is_over", "person", "place")

    def __init__(self, person: int, place: int) -> None:
        self.person, self.place, self.is_over = person, place, False
        self._waiting: asyncio.Queue[bytes] = asyncio.Queue(FRAMES_HELD)

    def put(self, frame: bytes) -> None:
        """Hold a frame for it. Who takes none any more is let go, and will come back for what it missed."""
        try:
            self._waiting.put_nowait(frame)
        except asyncio.QueueFull:
            self.is_over = True

    async def next(self, seconds: float) -> bytes | None:
        """The next frame; None when none comes within these seconds."""
        try:
            return await asyncio.wait_for(self._waiting.get(), max(seconds, 0.01))
        except TimeoutError:
            return None

    def end(self, frame: bytes) -> None:
        """Say this last word."""
        self._waiting = asyncio.Queue(FRAMES_HELD) if self._waiting.full() else self._waiting
        self.put(frame)
        self.is_over = True

    @property
    def is_empty(self) -> bool:
        return self._waiting.empty()


class Hub:
    """The streams of one event loop. It works while there are any, and forgets everything with the last."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._streams: dict[int, list[Stream]] = {}
        self._place: int | None = None
        # Until when each person's study time was credited when that was told last.
        self._clocks: dict[int, int] = {}
        self._clocks_read_at = 0.0
        self._joining = asyncio.Lock()
        self._looking = asyncio.Lock()
        self._rung = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def __len__(self) -> int:
        return sum(map(len, self._streams.values()))

    async def join(self, person: int, *, after: int | None = None) -> Stream:
        """A stream of what comes from now on. The person's oldest one makes room when there are too many.

        It waits for a look that is under way: that one asks for the people who were here when it began. Whoever comes
        from another process may be further than we have looked: their stream begins where they are.
        """
        async with self._joining:
            if self._place is None:
                self._place = await read(selectors.newest_place)
            async with self._looking:
                place = self._place
                if after is not None and after > place and after <= await read(selectors.highest):
                    place = after
                stream = Stream(person, place)
                mine = self._streams.setdefault(person, [])
                mine.append(stream)
            if not self._tasks:
                self._start()
        if len(mine) > STREAMS_PER_PERSON:
            mine.pop(0).end(frames.full())
        return stream

    def leave(self, stream: Stream) -> None:
        mine = self._streams.get(stream.person, [])
        if stream in mine:
            mine.remove(stream)
        if not mine:
            self._streams.pop(stream.person, None)
            self._clocks.pop(stream.person, None)
        if not self._streams and not self._joining.locked():
            self._stop()

    def wake(self) -> None:
        """From whichever thread has just committed something."""
        with contextlib.suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(self._rung.set)

    def _start(self) -> None:
        bell.listeners.add(self.wake)
        self._tasks = [asyncio.create_task(self._work())]
        if settings.REDIS_URL:
            self._tasks.append(asyncio.create_task(self._hear(settings.REDIS_URL)))

    def _stop(self) -> None:
        bell.listeners.discard(self.wake)
        for task in self._tasks:
            task.cancel()
        self._tasks, self._place = [], None

    async def _work(self) -> None:
        while True:
            try:
                await self._look()
            except Error as error:
                log.warning("the database is away: %s", error)
                await asyncio.sleep(PAUSE_AFTER_FAILURE_SECONDS)
            except Exception:
                log.exception("a look at the stream failed")
                await asyncio.sleep(PAUSE_AFTER_FAILURE_SECONDS)

    async def _look(self) -> None:
        """Hand out what is new, then wait for the bell or for a second."""
        self._rung.clear()
        async with self._looking:
            place, people = self._place or 0, tuple(self._streams)
            news = await read(lambda: selectors.look(after=place, people=people, at=timezone.now()))
            self._hand_out(news)
        if time.monotonic() - self._clocks_read_at >= LOOK_SECONDS - BREATH_SECONDS:
            self._clocks_read_at = time.monotonic()
            self._tell_of_study(await read(lambda: selectors.studying(people, at=timezone.now())))
        await asyncio.sleep(BREATH_SECONDS)
        if news.is_all:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._rung.wait(), LOOK_SECONDS - BREATH_SECONDS)

    def _hand_out(self, news: selectors.News) -> None:
        """In one go, so that whoever joins is either before all of it or behind."""
        self._place = news.place
        for told in news.events:
            frame = frames.event(told.kind, told.data, place=told.place)
            for stream in self._streams.get(told.person, ()):
                if told.place > stream.place:
                    stream.put(frame)

    def _tell_of_study(self, clocks: dict[int, int]) -> None:
        """Minutes are no row of the stream, or each beat would write one; who missed this asks by the clock."""
        for person, credited in clocks.items():
            if self._clocks.get(person) == credited or person not in self._streams:
                continue
            self._clocks[person] = credited
            for stream in self._streams[person]:
                stream.put(frames.STUDIED)

    async def _hear(self, address: str) -> None:
        """Listen to the bells of other processes, for ever; without Redis the looks of every second go on."""
        while True:
            try:
                async with Redis.from_url(address, socket_timeout=None) as redis, redis.pubsub() as wire:
                    await wire.subscribe(bell.CHANNEL)
                    async for _ in wire.listen():
                        self._rung.set()
            except (RedisError, OSError):
                await asyncio.sleep(PAUSE_AFTER_FAILURE_SECONDS)


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub() -> Hub:
    """The hub of the loop that asks."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]
