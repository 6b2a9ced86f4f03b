"""The cast: Alice learns, Bob learns too, Ines teaches the course, Igor teaches another one."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection

from tests.builders import Person, a_course, a_user, enrolled
from tests.ledgers import empty_only_what_is_full
from tests.sockets import refusals, watch_connects

watch_connects()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if connection.vendor != "postgresql":
        return
    for item in items:
        if item.get_closest_marker("own_sqlite"):
            item.add_marker(pytest.mark.skip(reason="starts processes on an SQLite of their own, here as there"))


def pytest_collection_finish():
    """What is loaded by now stays until the end: nobody looks through it for garbage again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session", autouse=True)
def emptying_is_quick():
    empty_only_what_is_full()


@pytest.fixture(autouse=True)
def facts_raise(request, settings):
    """A receiver that fails fails the test; `@pytest.mark.robust` brings back what production does."""
    settings.FACTS_RAISE = "robust" not in request.keywords


@pytest.fixture(autouse=True)
def nobody_is_asked_in_a_transaction():
    """Code that swallows the refusal of a connection fails here (tests.sockets)."""
    refusals()
    yield
    assert not (told := refusals()), told


@pytest.fixture(autouse=True)
def no_old_counts():
    """Limits that count in the cache start at zero."""
    cache.clear()


@pytest.fixture
def transactional_db(django_db_serialized_rollback, transactional_db):
    """Such tests empty the database; this brings back what migrations put there, such as the badges."""


@pytest.fixture
def alice(db) -> Person:
    return Person(a_user("alice@example.org", name="Alice", zone="Europe/Madrid"))


@pytest.fixture
def bob(db) -> Person:
    return Person(a_user("bob@example.org", name="Bob", zone="America/New_York"))


@pytest.fixture
def ines(db) -> Person:
    return Person(a_user("ines@example.org", name="Ines", zone="Europe/Lisbon"))


@pytest.fixture
def igor(db) -> Person:
    return Person(a_user("igor@example.org", name="Igor"))


@pytest.fixture
def staff(db) -> Person:
    from django.contrib.auth.models import Group

    user = a_user("staff@example.org", name="Sam", is_staff=True)
    user.groups.add(Group.objects.get_or_create(name="Staff")[0])
    return Person(user)


@pytest.fixture
def admin(db) -> Person:
    return Person(a_user("admin@example.org", name="Ada", is_staff=True, is_superuser=True))


@pytest.fixture
def anonymous(db) -> Person:
    return Person(None)


@pytest.fixture
def course(ines):
    """Ines's course: two required text lessons; `at_alice` enrols Alice in it."""
    return a_course(ines.user)


@pytest.fixture
def other_course(igor):
    """Igor's course; nobody of the cast is enrolled."""
    return a_course(igor.user, title="Igor's own")


@pytest.fixture
def at_alice(alice, course):
    """Alice's enrolment in Ines's course."""
    return enrolled(alice.user, course)


@pytest.fixture
def real_data() -> Path:
    """The folder of real courses and activity, where there is one."""
    where = os.environ.get("CAIRN_DATA", "")
    if not where or not Path(where).is_dir():
        pytest.skip("CAIRN_DATA is unset: no real data to read")
    return Path(where).resolve()
