"""Limits of requests, exact however many come at once and to however many processes; and whose request it is.

What protects an account is counted by learning.services.signin.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import math
import time
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.cache import caches
from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.redis import RedisCache
from django.db import connection
from django.utils.crypto import salted_hmac
from rest_framework.throttling import BaseThrottle

from learning.exceptions import TooMany

if TYPE_CHECKING:
    from django.http import HttpRequest
    from rest_framework.request import Request

IPV6_PREFIX = 64

_COUNT = """
INSERT INTO learning_requestcount AS counted (key, number, window_ends_at) VALUES (%(key)s, 1, %(ends)s)
ON CONFLICT (key) DO UPDATE SET
    number = CASE WHEN counted.window_ends_at < EXCLUDED.window_ends_at THEN 1 ELSE counted.number + 1 END,
    window_ends_at = CASE WHEN counted.window_ends_at < EXCLUDED.window_ends_at THEN EXCLUDED.window_ends_at
                          ELSE counted.window_ends_at END
WHERE counted.window_ends_at < EXCLUDED.window_ends_at OR counted.number < %(limit)s
RETURNING number
"""


def client_address(request: HttpRequest | Request) -> str:
    """The address that the request came from: exactly `TRUSTED_PROXIES` hops from the right of X-Forwarded-For.

    Only what our own proxies wrote is believed. With no trusted proxy, with too few hops, or where the hop is no
    address, it is the address of the connection itself.
    """
    connection = request.META.get("REMOTE_ADDR", "")
    proxies = settings.TRUSTED_PROXIES
    hops = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    if not proxies or len(hops) < proxies:
        return connection
    return _address(hops[-proxies]) or connection


def network_of(address: str) -> str:
    """What is counted as one address: IPv4 as it is, of IPv6 the /64 that one household or machine has."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.IPv6Network((found, IPV6_PREFIX), strict=False).network_address)
    return str(found)


def _address(hop: str) -> str:
    try:
        return str(ipaddress.ip_address(hop.strip().strip('"').removeprefix("[").removesuffix("]")))
    except ValueError:
        return ""


class CountingThrottle(BaseThrottle):
    """`limit` requests a `window` (seconds) for each person, or each address where nobody is signed in.

    A view uses a subclass that names its `scope` and `limit`. Counting is one atomic step in what all processes share:
    Redis, or the database where there is none or while it is away. A Redis that goes or comes within a window starts
    that window's count once more.
    """

    scope = "api"
    limit = 120
    window = 60

    def allow_request(self, request: Request, view: Any) -> bool:
        now = self.now()
        self.ends_at = window_ends(now, seconds=self.window)
        return admit(f"{self.scope}:{self.who(request)}", limit=self.limit, now=now, ends_at=self.ends_at)

    def wait(self) -> float:
        """Seconds until the next window, for Retry-After."""
        return max(1, math.ceil(self.ends_at - self.now()))

    def who(self, request: Request) -> str:
        return who(request)

    def now(self) -> float:
        return time.time()


def take_one(whose: str, *, limit: int, ends_at: dt.datetime) -> bool:
    """Count one more of at most `limit` up to that instant, in the database: for what costs money or reaches people.

    False, and nothing counted, when there is none left. Inside a transaction it is taken back with that.
    """
    return _count_in_database(whose, ends_at=ends_at.timestamp(), limit=limit)


def who(request: HttpRequest | Request) -> str:
    """The person, or the address where nobody is signed in."""
    if request.user.is_authenticated:
        return f"user:{request.user.pk}"
    return f"address:{network_of(client_address(request))}"


def take(whose: str, *, limit: int, window: int = 60) -> None:
    """Count one more for `whose`; TooMany, which says how long to wait, when the window has had `limit` of them."""
    now = time.time()
    ends_at = window_ends(now, seconds=window)
    if not admit(whose, limit=limit, now=now, ends_at=ends_at):
        raise TooMany(retry_after=max(1, math.ceil(ends_at - now)))


def window_ends(now: float, *, seconds: int) -> int:
    return (math.floor(now / seconds) + 1) * seconds


def admit(whose: str, *, limit: int, now: float, ends_at: float) -> bool:
    """Count one more until `ends_at`, unless there were `limit` of them."""
    number = _count_in_redis(f"limit:{_digest(whose)}:{ends_at}", seconds=ends_at - now)
    if number is None:
        return _count_in_database(whose, ends_at=ends_at, limit=limit)
    return number <= limit


def _count_in_redis(key: str, *, seconds: float) -> int | None:
    """How many it is with this one; None where there is no Redis, or while it is away."""
    cache: BaseCache = caches["default"]
    if not isinstance(cache, RedisCache):
        return None  # other caches are each process's own, or read before they write
    for _ in ("as it is", "after adding it"):
        try:
            return cache.incr(key)
        except ValueError:  # not there yet, or Redis is away
            cache.add(key, 0, timeout=max(1, math.ceil(seconds)) + 1)
    return None


def _count_in_database(whose: str, *, ends_at: float, limit: int) -> bool:
    """One statement, so that requests at once are counted one after the other; False, and nothing written, if full."""
    key = _digest(whose)
    ends = connection.ops.adapt_datetimefield_value(dt.datetime.fromtimestamp(ends_at, dt.UTC))
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"key": key, "ends": ends, "limit": limit})
        return cursor.fetchone() is not None


def _digest(whose: str) -> str:
    """Who is counted may be a mail address: neither Redis nor the database has to hold it."""
    return salted_hmac("learning.limits", whose, algorithm="sha256").hexdigest()
