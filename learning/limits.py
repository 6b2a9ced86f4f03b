"""Limits that may be counted in the cache, and the address that a request came from.

What protects an account is counted in the database instead: learning.services.signin.
"""

from __future__ import annotations

import ipaddress
import math
import threading
import time
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.cache import cache
from rest_framework.throttling import BaseThrottle

if TYPE_CHECKING:
    from django.http import HttpRequest
    from rest_framework.request import Request

IPV6_PREFIX = 64


def client_address(request: HttpRequest) -> str:
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

    A view uses a subclass that names its `scope` and `limit`. Adding and counting are one atomic step each, so
    requests at once are admitted exactly up to the limit. While the cache is away each process counts for itself.
    """

    scope = "api"
    limit = 120
    window = 60

    def allow_request(self, request: Request, view: Any) -> bool:
        now = self.now()
        self.ends_at = (math.floor(now / self.window) + 1) * self.window
        return _count(f"limit:{self.scope}:{self.who(request)}:{self.ends_at}", ends_at=self.ends_at, now=now) <= (
            self.limit
        )

    def wait(self) -> float:
        """Seconds until the next window, for Retry-After."""
        return max(1, math.ceil(self.ends_at - self.now()))

    def who(self, request: Request) -> str:
        if request.user.is_authenticated:
            return f"user:{request.user.pk}"
        return f"address:{network_of(client_address(request))}"

    def now(self) -> float:
        return time.time()


def _count(key: str, *, ends_at: float, now: float) -> int:
    for _ in ("as it is", "after adding it"):
        try:
            return cache.incr(key)
        except ValueError:  # not there yet, or the cache is away
            cache.add(key, 0, timeout=max(1, math.ceil(ends_at - now)) + 1)
    return _local.count(key, ends_at=ends_at, now=now)


class _LocalCounts:
    """Counts of this process, forgotten when their window is over."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[str, tuple[float, int]] = {}

    def count(self, key: str, *, ends_at: float, now: float) -> int:
        with self._lock:
            if len(self._counts) > 1000:
                self._counts = {k: v for k, v in self._counts.items() if v[0] > now}
            number = self._counts.get(key, (ends_at, 0))[1] + 1
            self._counts[key] = (ends_at, number)
            return number


_local = _LocalCounts()
