"""What is over is forgotten; what is needed stays."""

import datetime as dt
import uuid

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from learning.models import ClientSession, Outbox, SigninFailures
from learning.services.retention import forget_what_is_over
from learning.tasks import forget

DAY = dt.timedelta(days=1)


@pytest.fixture
def rows(alice):
    """Of each kind one row that is over and one that is not."""
    now = timezone.now()
    Session.objects.all().delete()
    for n, expires in enumerate((now - DAY, now + DAY)):
        Session.objects.create(session_key=f"key-{n}", session_data="", expire_date=expires)
    for seen in (now - 8 * DAY, now - 6 * DAY):
        ClientSession.objects.create(learner=alice.user, key=uuid.uuid4(), last_seq=1, seen_at=seen)
    for n, ends in enumerate((now - DAY, now + DAY)):
        SigninFailures.objects.create(key=str(n), failures=1, window_ends_at=ends)
    for n, done in enumerate((now - 31 * DAY, now - 29 * DAY)):
        Outbox.objects.create(
            key=str(n), kind="test", state=Outbox.State.DONE, created_at=done, run_at=done, done_at=done
        )
    return now


def test_each_thing_goes_when_its_time_is_over_and_not_before(rows):
    once = {"sessions": 1, "client_sessions": 1, "signin_failures": 1, "outbox": 1}
    assert forget_what_is_over(at=rows).items() >= once.items()
    assert set(forget_what_is_over(at=rows).values()) == {0}


def test_what_waits_or_was_given_up_stays_however_old(rows):
    long_ago = rows - 400 * DAY
    for state in (Outbox.State.WAITING, Outbox.State.DEAD):
        Outbox.objects.create(key=state, kind="test", state=state, created_at=long_ago, run_at=rows + DAY)
    forget_what_is_over(at=rows)
    assert set(Outbox.objects.values_list("state", flat=True)) == {"waiting", "dead", "done"}


def test_the_daily_task_does_it(rows):
    assert forget(rows)["client_sessions"] == 1
