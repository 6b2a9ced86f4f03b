"""A cache whose absence is a miss, never an error."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

TIMEOUT_SECONDS = 0.2
REST_SECONDS = 2.0
# Django makes a cache per thread; what one of them found out is true for all.
_away_until: dict[str, float] = {}
_turn = threading.Lock()


def _first_to_ask(place: str, until: float) -> bool:
    """Whether the rest is over and this thread tries first: the others go on without, until it knows."""
    if time.monotonic() < until:
        return False
    with _turn:
        if _away_until.get(place) != until:
            return False
        _away_until[place] = time.monotonic() + REST_SECONDS
        return True


# Their connections are the process's all the same: a server of streams makes a thread for every request.
_pools: dict[tuple[str, ...], dict[int, Any]] = {}


class OneClient(RedisCacheClient):
    """Keeps the client of each pool: making one for every question costs more than asking."""

    def __init__(self, servers: list[str], **options: Any) -> None:
        super().__init__(servers, **options)
        self._pools = _pools.setdefault((*servers, repr(sorted(options.items()))), {})

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        pool = self._get_connection_pool(write)  # type: ignore[attr-defined]  # the stubs leave it out
        if not hasattr(pool, "cairn_client"):
            pool.cairn_client = self._client(connection_pool=pool)  # type: ignore[attr-defined]
        return pool.cairn_client


class FailOpenRedisCache(RedisCache):
    """Redis with short time-outs. After a failure it is left alone for 2 s, then one thread asks whether it is back.

    So a hung Redis costs 0.2 s, once for those who were asking and then for one request every 2 s.
    """

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        options = params.setdefault("OPTIONS", {})
        options.setdefault("socket_timeout", TIMEOUT_SECONDS)
        options.setdefault("socket_connect_timeout", TIMEOUT_SECONDS)
        super().__init__(server, params)
        self._class = OneClient
        self._place = str(server)

    def _try(self, act: Callable[[], Any], otherwise: Any) -> Any:
        until = _away_until.get(self._place)
        if until is not None and not _first_to_ask(self._place, until):
            return otherwise
        try:
            answer = act()
        except (RedisError, OSError) as error:
            _away_until[self._place] = time.monotonic() + REST_SECONDS
            log.warning("cache is away: %s", error)
            return otherwise
        if until is not None:
            _away_until.pop(self._place, None)
        return answer

    def add(self, *args: Any, **kwargs: Any) -> bool:
        """True while Redis is away: whoever adds so that others find it there goes on, as if nobody had before."""
        return self._try(lambda: super(FailOpenRedisCache, self).add(*args, **kwargs), True)

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        return self._try(lambda: super(FailOpenRedisCache, self).get(key, default, version), default)

    def set(self, *args: Any, **kwargs: Any) -> None:
        self._try(lambda: super(FailOpenRedisCache, self).set(*args, **kwargs), None)

    def touch(self, *args: Any, **kwargs: Any) -> bool:
        return self._try(lambda: super(FailOpenRedisCache, self).touch(*args, **kwargs), False)

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        return self._try(lambda: super(FailOpenRedisCache, self).delete(*args, **kwargs), False)

    def get_many(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return self._try(lambda: super(FailOpenRedisCache, self).get_many(*args, **kwargs), {})

    def set_many(self, *args: Any, **kwargs: Any) -> list[str]:
        return self._try(lambda: super(FailOpenRedisCache, self).set_many(*args, **kwargs), [])

    def delete_many(self, *args: Any, **kwargs: Any) -> None:
        self._try(lambda: super(FailOpenRedisCache, self).delete_many(*args, **kwargs), None)

    def has_key(self, *args: Any, **kwargs: Any) -> bool:
        return self._try(lambda: super(FailOpenRedisCache, self).has_key(*args, **kwargs), False)

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        """A missing key is a ValueError, as in every Django cache; so is an absent Redis."""
        value = self._try(lambda: super(FailOpenRedisCache, self).incr(key, delta, version), None)
        if value is None:
            raise ValueError(f"{key} is not in the cache")
        return value

    def clear(self) -> None:
        self._try(lambda: super(FailOpenRedisCache, self).clear(), None)
