"""The cache may be gone: then it misses, and nobody gets an error."""

import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from config import cache as cache_module
from config.cache import FailOpenRedisCache


@pytest.fixture
def nowhere(monkeypatch):
    """A cache on a port where nothing listens."""
    monkeypatch.setattr(cache_module, "_away_until", {})
    return FailOpenRedisCache("redis://127.0.0.1:1/0", {})


def test_reading_from_an_absent_cache_is_a_miss(nowhere):
    assert nowhere.get("key") is None
    assert nowhere.get("key", "otherwise") == "otherwise"
    assert nowhere.get_many(["a", "b"]) == {}
    assert not nowhere.has_key("key")


def test_writing_to_an_absent_cache_changes_nothing_and_raises_nothing(nowhere):
    nowhere.set("key", 1)
    assert nowhere.set_many({"a": 1}) == []
    nowhere.delete("key")
    nowhere.clear()
    assert nowhere.add("key", 1) is True  # a lock that nobody keeps refuses nobody
    assert nowhere.touch("key") is False


def test_counting_in_an_absent_cache_says_that_there_is_nothing_to_count(nowhere):
    with pytest.raises(ValueError, match="not in the cache"):
        nowhere.incr("key")


def test_after_one_failure_the_cache_is_left_alone_for_a_while(nowhere):
    nowhere.get("key")
    before = time.perf_counter()
    for _ in range(1000):
        nowhere.get("key")
    assert time.perf_counter() - before < 0.2, "each miss asked the network again"


def test_the_caches_of_all_threads_share_their_connections():
    one, other = (FailOpenRedisCache("redis://127.0.0.1:1/0", {})._cache for _ in range(2))
    assert one.get_client() is other.get_client()
    assert FailOpenRedisCache("redis://127.0.0.1:1/1", {})._cache.get_client() is not one.get_client()


def test_a_hung_server_is_waited_for_once_by_all_threads_together(monkeypatch):
    """It accepts and never answers."""
    monkeypatch.setattr(cache_module, "_away_until", {})
    asked = []
    with socket.create_server(("127.0.0.1", 0)) as hung:
        place = f"redis://127.0.0.1:{hung.getsockname()[1]}/0"
        assert FailOpenRedisCache(place, {}).get("key") is None
        hung.setblocking(False)
        hung.accept()[0].close()
        for _ in range(20):  # a cache each, as each thread has one
            FailOpenRedisCache(place, {}).get("key")
        with pytest.raises(BlockingIOError):
            asked.append(hung.accept())
    assert asked == []


def test_when_the_rest_is_over_one_asks_and_the_others_go_on_without(monkeypatch):
    monkeypatch.setattr(cache_module, "_away_until", {})
    monkeypatch.setattr(cache_module, "REST_SECONDS", 0)
    with socket.create_server(("127.0.0.1", 0)) as hung:
        place = f"redis://127.0.0.1:{hung.getsockname()[1]}/0"
        assert FailOpenRedisCache(place, {}).get("key") is None
        hung.settimeout(1)
        hung.accept()[0].close()
        monkeypatch.setattr(cache_module, "REST_SECONDS", 60)
        together = threading.Barrier(8)

        def ask(n: int) -> None:
            cache = FailOpenRedisCache(place, {})
            together.wait()
            cache.get("key")

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(ask, range(8)))
        hung.accept()[0].close()
        hung.setblocking(False)
        with pytest.raises(BlockingIOError):
            hung.accept()
