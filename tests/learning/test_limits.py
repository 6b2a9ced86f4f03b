"""Whose request it is, and how many are let through."""

from __future__ import annotations

import datetime as dt
import os
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis
from django.core.cache import cache, caches
from django.db import connections
from django.test import RequestFactory
from rest_framework.test import APIRequestFactory

from learning.limits import CountingThrottle, client_address, network_of
from learning.models import RequestCount
from learning.services.retention import forget_what_is_over
from tests import processes

pytestmark = pytest.mark.django_db

# Emptied by these tests: parallel runners each take one of their own, from the last one down.
RUNNER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
REDIS = os.environ.get("TEST_REDIS_URL") or f"redis://127.0.0.1:6379/{15 - RUNNER}"


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


@pytest.fixture
def no_redis(settings):
    """Nothing but the database is shared."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}


@pytest.fixture
def a_redis(settings):
    try:
        with redis.Redis.from_url(REDIS, socket_connect_timeout=0.3) as probe:
            probe.ping()
    except redis.RedisError:
        pytest.skip(f"no Redis at {REDIS}")
    use_redis(settings, REDIS)
    cache.clear()
    yield
    hang_up()


def sixty_at_once() -> int:
    """How many of sixty requests in twelve threads are let through."""

    def one(_):
        try:
            return admitted(1)
        finally:
            connections.close_all()

    try:
        with ThreadPoolExecutor(12) as pool:
            return sum(pool.map(one, range(60)))
    finally:
        hang_up()


def hang_up():
    """Close the process's connections to Redis, where it has some."""
    for pool in getattr(getattr(caches["default"], "_cache", None), "_pools", {}).values():
        pool.disconnect()


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_sixty_at_once_are_ten_in_the_database(no_redis):
    assert sixty_at_once() == 10
    assert RequestCount.objects.get().number == 10


def test_sixty_at_once_are_ten_in_redis(a_redis):
    assert sixty_at_once() == 10
    assert not RequestCount.objects.exists()


SIXTY = f"from tests.learning.test_limits import sixty_at_once\n{processes.WAIT}print(sixty_at_once())"


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_processes_share_ten_in_the_database():
    admitted = processes.together(SIXTY, processes=2, REDIS_URL="")
    print(f"G36 asked=120 limit=10 processes=2 admitted={sum(map(int, admitted))}")
    assert sum(map(int, admitted)) == 10


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_processes_share_ten_in_redis(a_redis):
    exactly_this = {"REDIS_URL": REDIS, "PYTEST_XDIST_WORKER": "gw0"}
    assert sum(map(int, processes.together(SIXTY, processes=2, **exactly_this))) == 10
    assert not RequestCount.objects.exists()


def test_when_redis_goes_within_a_minute_the_database_goes_on_counting(a_redis, settings):
    assert admitted(4) == 4
    use_redis(settings, "redis://127.0.0.1:1/0")
    assert admitted(15) == 10


def test_counts_are_forgotten_when_their_minute_is_over(no_redis):
    admitted(15)
    ends = RequestCount.objects.get().window_ends_at
    assert forget_what_is_over(at=ends)["request_counts"] == 0
    assert forget_what_is_over(at=ends + dt.timedelta(seconds=1))["request_counts"] == 1


def test_who_asked_cannot_be_read_from_the_counts(no_redis):
    admitted(1, REMOTE_ADDR="10.0.0.5")
    assert "10.0.0.5" not in RequestCount.objects.get().key


def test_while_redis_is_away_people_can_sign_in(settings, alice, anonymous):
    use_redis(settings, "redis://127.0.0.1:1/0")
    from tests.builders import PASSWORD

    answer = anonymous.submit("/accounts/login/", {"login": "alice@example.org", "password": PASSWORD})
    assert answer.status_code == 302


def use_redis(settings, url):
    patient = {"socket_timeout": 5, "socket_connect_timeout": 5}  # a busy machine is not a Redis that is away
    settings.CACHES = {"default": {"BACKEND": "config.cache.FailOpenRedisCache", "LOCATION": url, "OPTIONS": patient}}
    assert caches["default"].__class__.__name__ == "FailOpenRedisCache"


def test_the_api_says_when_to_come_back(alice, monkeypatch):
    from learning.api.people import MeView

    monkeypatch.setattr(MeView, "throttle_classes", [TenAMinute])
    statuses = [alice.get("/api/me/").status_code for _ in range(11)]
    assert statuses == [200] * 10 + [429]
    answer = alice.get("/api/me/")
    assert 0 < int(answer["Retry-After"]) <= 60
    assert answer.json()["code"] == "throttled"
