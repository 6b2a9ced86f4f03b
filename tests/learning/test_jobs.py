"""What the clock runs: each job once per slot of its schedule, whoever asks and however often."""

import datetime as dt

import pytest
from celery import current_app
from celery.schedules import crontab
from django.conf import settings as site
from django.utils import timezone
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from learning import outbox
from learning.jobs import Clock, ask, slot_of
from learning.models import Outbox

NOON = dt.datetime(2026, 11, 25, 12, 0, 30, tzinfo=dt.UTC)  # a Wednesday
SECOND, HOUR, DAY = dt.timedelta(seconds=1), dt.timedelta(hours=1), dt.timedelta(days=1)


@pytest.fixture
def runs(monkeypatch, settings):
    """A job `test.job` that runs hourly; the instants at which it ran."""
    at = []
    settings.CELERY_BEAT_SCHEDULE = {"hourly": {"task": "test.job", "schedule": 3600.0}}
    monkeypatch.setitem(outbox._handlers, "test.job", lambda key, payload: at.append(timezone.now()))
    return at


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        (60.0, "2026-11-25T12:00:00"),
        (dt.timedelta(minutes=15), "2026-11-25T12:00:00"),
        (crontab(minute=0), "2026-11-25T12:00:00"),
        (crontab(minute=59), "2026-11-25T11:59:00"),
        (crontab(hour=3, minute=17), "2026-11-25T03:17:00"),
        (crontab(hour=12, minute=1), "2026-11-24T12:01:00"),
        (crontab(hour=6, minute=0, day_of_week="mon"), "2026-11-23T06:00:00"),
        (crontab(hour=6, minute=0, day_of_week="sun"), "2026-11-22T06:00:00"),
        (crontab(hour=0, minute=0, day_of_month=31), "2026-10-31T00:00:00"),
    ],
)
def test_a_slot_is_the_last_time_that_a_schedule_struck(when, expected):
    assert slot_of(when, NOON) == dt.datetime.fromisoformat(f"{expected}+00:00")


def test_a_second_beat_is_harmless(db, runs):
    assert [ask("test.job", at=NOON + n * SECOND) for n in range(5)] == [True] + [False] * 4
    assert outbox.drain() == 1
    assert len(runs) == 1
    assert not ask("test.job", at=NOON + 60 * SECOND)  # also when it has been done
    assert ask("test.job", at=NOON + HOUR)


def test_a_job_whose_process_dies_is_done_again(db, runs):
    ask("test.job", at=NOON)
    outbox._claim_next(at=timezone.now())
    Outbox.objects.update(lease_until=timezone.now() - SECOND)
    assert outbox.drain() == 1
    assert len(runs) == 1


def test_the_relays_clock_asks_at_once_and_then_once_a_slot(db, runs):
    clock = Clock()
    instants = (NOON, NOON + SECOND, NOON + HOUR, NOON + HOUR + SECOND, NOON, NOON + DAY)
    asked = [clock.strike(at=at) for at in instants]
    assert asked == [["test.job"], [], ["test.job"], [], [], ["test.job"]]


def test_two_relays_and_a_beat_ask_for_one_run(db, runs):
    assert Clock().strike(at=NOON) == ["test.job"]
    assert Clock().strike(at=NOON) == []
    assert not ask("test.job", at=NOON)


def test_after_a_night_off_a_job_is_made_good_once(db, runs):
    clock = Clock()
    clock.strike(at=NOON)
    assert clock.strike(at=NOON + 9 * HOUR) == ["test.job"]
    assert Outbox.objects.count() == 2


def test_staff_may_change_how_often(db, runs):
    every, _ = IntervalSchedule.objects.get_or_create(every=5, period="minutes")
    PeriodicTask.objects.create(name="mine", task="test.job", interval=every)
    assert [ask("test.job", at=NOON + n * 60 * SECOND) for n in (0, 4, 5)] == [True, False, True]


def test_everything_on_the_schedule_is_a_job_so_both_clocks_run_the_same():
    tasks = {entry["task"] for entry in site.CELERY_BEAT_SCHEDULE.values()}
    assert tasks - outbox.known_kinds() == {"learning.sweep_outbox"}
    assert tasks <= set(current_app.tasks)


def test_beat_asks_by_the_task_of_the_jobs_name(db):
    task = current_app.tasks["learning.forget"]
    assert task("unknown", and_more=1)
    assert not task()
    assert Outbox.objects.get().key.startswith("learning.forget@")


def test_a_job_runs_by_hand_from_the_admin_without_a_broker_and_what_is_none_says_so(runs, admin, staff):
    every = IntervalSchedule.objects.create(every=1, period="days")
    mine = PeriodicTask.objects.create(name="Mine", task="test.job", interval=every)
    sweep = PeriodicTask.objects.create(name="Sweep", task="no.job", interval=every)
    page = "/admin/django_celery_beat/periodictask/"
    chosen = {"action": "run_tasks", "_selected_action": [mine.pk, sweep.pk]}
    assert staff.submit(page, chosen).status_code in {302, 403}
    assert not Outbox.objects.filter(kind="test.job").exists()
    said = admin.submit(page, chosen, follow=True).content.decode()
    assert "Asked for: Mine." in said
    assert "These run by the clock alone: Sweep." in said
    outbox.drain()
    assert len(runs) == 1
