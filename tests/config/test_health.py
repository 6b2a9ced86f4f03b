"""Health endpoints: what a load balancer and an operator are told."""

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from config.cache import FailOpenRedisCache

NOBODY_THERE = "redis://127.0.0.1:1/0"


@pytest.fixture
def redis_is_gone(settings, monkeypatch):
    """Redis is configured, and nothing listens there."""
    settings.REDIS_URL = NOBODY_THERE
    monkeypatch.setattr("config.views.cache", FailOpenRedisCache(NOBODY_THERE, {}))


def test_a_live_process_says_so_without_asking_the_database(client):
    answer = client.get("/health/live/")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_ready_names_what_it_looked_at(db, client):
    answer = client.get("/health/ready/")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "database": "ok", "cache": "ok"})


def test_a_database_that_lacks_a_migration_is_not_ready(db, client):
    MigrationRecorder(connection).migration_qs.filter(app="gamification").order_by("-id").first().delete()
    answer = client.get("/health/ready/")
    assert (answer.status_code, answer.json()["database"]) == (503, "not migrated")


def test_without_its_cache_cairn_is_degraded_and_still_ready(db, client, redis_is_gone):
    answer = client.get("/health/ready/")
    assert (answer.status_code, answer.json()["status"], answer.json()["cache"]) == (200, "degraded", "away")


def test_strangers_learn_nothing_about_the_inside(db, client):
    assert client.get("/health/ready/", REMOTE_ADDR="203.0.113.9").status_code == 404
    assert client.get("/health/live/", REMOTE_ADDR="203.0.113.9").status_code == 200


def test_health_is_only_read(client):
    assert client.post("/health/live/").status_code == 405
