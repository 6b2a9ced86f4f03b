"""Whose request it is, and how many are let through."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis
from django.core.cache import cache, caches
from django.test import RequestFactory
from rest_framework.test import APIRequestFactory

from learning import limits
from learning.limits import CountingThrottle, client_address, network_of

REDIS = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/15")


class TenAMinute(CountingThrottle):
    scope = "test"
    limit = 10
    second = 1_000_000_000.0

    def now(self):
        return type(self).second


def a_request(user=None, **meta):
    from django.contrib.auth.models import AnonymousUser

    request = APIRequestFactory().get("/", **meta)
    request.user = user or AnonymousUser()
    return request


def admitted(times, *, user=None, **meta):
    return sum(TenAMinute().allow_request(a_request(user, **meta), None) for _ in range(times))


def address(proxies, settings, **meta):
    settings.TRUSTED_PROXIES = proxies
    return client_address(RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", **meta))


@pytest.mark.parametrize(
    ("proxies", "header", "expected"),
    [
        (0, "1.1.1.1", "10.0.0.1"),
        (1, "6.6.6.6, 1.1.1.1", "1.1.1.1"),
        (2, "6.6.6.6, 1.1.1.1, 2.2.2.2", "1.1.1.1"),
        (2, "1.1.1.1", "10.0.0.1"),
        (1, "not an address", "10.0.0.1"),
        (1, "", "10.0.0.1"),
        (1, " [2001:db8::1] ", "2001:db8::1"),
    ],
)
def test_only_what_our_own_proxies_wrote_is_believed(proxies, header, expected, settings):
    assert address(proxies, settings, HTTP_X_FORWARDED_FOR=header) == expected


def test_without_a_forwarded_header_it_is_the_connection(settings):
    assert address(1, settings) == "10.0.0.1"


def test_one_machine_is_one_address_however_it_writes_itself():
    assert network_of("2001:db8:1:2::1") == network_of("2001:db8:1:2:3:4:5:6") == "2001:db8:1:2::"
    assert network_of("::ffff:10.0.0.1") == network_of("10.0.0.1") == "10.0.0.1"


def test_ten_a_minute_are_ten_a_minute():
    assert admitted(15) == 10


def test_a_new_minute_starts_again(monkeypatch):
    admitted(15)
    monkeypatch.setattr(TenAMinute, "second", TenAMinute.second + 60)
    assert admitted(15) == 10


def test_each_person_and_each_address_has_its_own(alice, bob):
    assert admitted(12, user=alice.user) == 10
    assert admitted(12, user=bob.user) == 10
    assert admitted(12, REMOTE_ADDR="10.0.0.5") == 10
    assert admitted(12, REMOTE_ADDR="10.0.0.6") == 10


def test_the_wait_ends_with_the_minute(monkeypatch):
    throttle = TenAMinute()
    throttle.allow_request(a_request(), None)
    ends = throttle.ends_at
    monkeypatch.setattr(TenAMinute, "second", ends - 12.5)
    assert throttle.wait() == 13


def test_sixty_at_once_are_ten_in_the_memory_of_a_process():
    with ThreadPoolExecutor(12) as pool:
        assert sum(pool.map(lambda _: admitted(1), range(60))) == 10


def test_sixty_at_once_are_ten_in_redis(settings):
    try:
        with redis.Redis.from_url(REDIS, socket_connect_timeout=0.3) as probe:
            probe.ping()
    except redis.RedisError:
        pytest.skip(f"no Redis at {REDIS}")
    use_redis(settings, REDIS)
    cache.clear()

    def one(_):
        try:
            return admitted(1)
        finally:
            hang_up()  # each thread has a connection of its own

    with ThreadPoolExecutor(12) as pool:
        assert sum(pool.map(one, range(60))) == 10
    hang_up()


def hang_up():
    """Close this thread's connections to Redis."""
    for pool in caches["default"]._cache._pools.values():
        pool.disconnect()


def test_while_redis_is_away_each_process_counts_for_itself(settings, monkeypatch):
    monkeypatch.setattr(limits, "_local", limits._LocalCounts())
    use_redis(settings, "redis://127.0.0.1:1/0")
    assert admitted(15) == 10


def test_while_redis_is_away_people_can_sign_in(settings, alice, anonymous):
    use_redis(settings, "redis://127.0.0.1:1/0")
    from tests.builders import PASSWORD

    answer = anonymous.submit("/accounts/login/", {"login": "alice@example.org", "password": PASSWORD})
    assert answer.status_code == 302


def use_redis(settings, url):
    settings.CACHES = {"default": {"BACKEND": "config.cache.FailOpenRedisCache", "LOCATION": url}}
    assert caches["default"].__class__.__name__ == "FailOpenRedisCache"


def test_the_api_says_when_to_come_back(alice, monkeypatch):
    from learning.api.people import MeView

    monkeypatch.setattr(MeView, "throttle_classes", [TenAMinute])
    statuses = [alice.get("/api/me/").status_code for _ in range(11)]
    assert statuses == [200] * 10 + [429]
    answer = alice.get("/api/me/")
    assert 0 < int(answer["Retry-After"]) <= 60
    assert answer.json()["code"] == "throttled"
