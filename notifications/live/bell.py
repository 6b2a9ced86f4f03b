"""A bell, rung after a commit: it makes streams look at once. It carries nothing, so losing it loses nothing.

Streams of this process are woken directly, those of others through Redis where there is one. Whoever hears no bell
looks at the table once a second anyway.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import lru_cache

from django.conf import settings
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

log = logging.getLogger(__name__)

CHANNEL = "cairn.live"
TIMEOUT_SECONDS = 0.3
REST_SECONDS = 2.0

listeners: set[Callable[[], None]] = set()
"""Called at each ring, from whichever thread commits."""


def ring() -> None:
    """Wake whoever listens, here and in other processes; after a commit. Fails silently and within 0.3 s."""
    for wake in list(listeners):
        wake()
    if settings.REDIS_URL:
        _far_bell(settings.REDIS_URL).ring()


class FarBell:
    """The bell's wire to other processes. After a failure it is left alone for 2 s: a hung Redis costs 0.3 s, once."""

    def __init__(self, address: str) -> None:
        self._redis = Redis.from_url(
            address,
            socket_timeout=TIMEOUT_SECONDS,
            socket_connect_timeout=TIMEOUT_SECONDS,
            retry=Retry(NoBackoff(), 0),
        )
        self._away_until = 0.0

    def ring(self) -> None:
        if time.monotonic() < self._away_until:
            return
        try:
            self._redis.publish(CHANNEL, b"")
        except (RedisError, OSError) as error:
            self._away_until = time.monotonic() + REST_SECONDS
            log.warning("the bell is away: %s", error)


@lru_cache(maxsize=4)
def _far_bell(address: str) -> FarBell:
    return FarBell(address)
