"""Streaks: days in the learner's own zone, and nothing else."""

from __future__ import annotations

import datetime as dt
import json
from zoneinfo import ZoneInfo

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gamification.models import ActiveDay, Profile
from gamification.selectors.days import calendar_of
from gamification.selectors.profile import profile
from gamification.services.rebuild import rebuild_gamification
from gamification.services.streaks import mark_active, rebuild_streak
from gamification.walk import at_dawn, walk
from learning.models import User
from learning.services.people import change_time_zone
from learning.zones import day_at, day_starts, zone_names
from tests.builders import a_beat, a_lesson, enrolled, lessons_of

URL = "/api/learner/track-lesson/"


def at(zone: str, *when: int) -> dt.datetime:
    return dt.datetime(*when, tzinfo=ZoneInfo(zone)).astimezone(dt.UTC)


def active(person, *instants: dt.datetime) -> None:
    for instant in instants:
        mark_active(learner=person.user, day=person.user.day_at(instant), at=instant)


def in_zone(person, name: str) -> None:
    person.user.time_zone = name
    person.user.save()


def test_the_cases_of_a_real_learner(real_data):
    bank = json.loads((real_data / "streak" / "freecodecamp_streak_cases.json").read_text())
    for case in bank["cases"]:
        days = [day_at(dt.datetime.fromtimestamp(ts / 1000, dt.UTC), case["tz"]) for ts in case["ts"]]
        run = walk(days)
        if "longest" in case:
            assert run.longest == case["longest"], case["name"]
        if "current" in case:
            today = day_at(dt.datetime.fromtimestamp(case["now"] / 1000, dt.UTC), case["tz"])
            assert at_dawn(run, today).length == case["current"], case["name"]


def test_a_second_before_and_after_midnight_are_two_days(alice):
    in_zone(alice, "Europe/Madrid")
    active(alice, at("Europe/Madrid", 2026, 3, 9, 23, 59, 59), at("Europe/Madrid", 2026, 3, 10))
    assert Profile.objects.get().run == 2


def test_forty_hours_apart_on_following_dates_is_a_streak(alice):
    in_zone(alice, "UTC")
    active(alice, at("UTC", 2026, 3, 9, 1), at("UTC", 2026, 3, 10, 17))
    assert Profile.objects.get().run == 2


def test_a_skipped_date_starts_anew(alice):
    in_zone(alice, "UTC")
    active(alice, at("UTC", 2026, 3, 9, 1), at("UTC", 2026, 3, 11, 0))
    assert (Profile.objects.get().run, Profile.objects.get().longest_streak) == (1, 1)


def test_the_night_that_loses_an_hour_in_new_york(alice):
    in_zone(alice, "America/New_York")
    active(alice, *(at("America/New_York", 2026, 3, day, 23, 30) for day in (7, 8, 9)))
    assert Profile.objects.get().run == 3


def test_half_past_one_twice_in_new_york_is_one_day(alice):
    in_zone(alice, "America/New_York")
    first = at("America/New_York", 2026, 11, 1, 1, 30)
    active(alice, first, first + dt.timedelta(hours=1))
    assert ActiveDay.objects.count() == 1


@pytest.mark.parametrize(("zone", "day"), [("Asia/Beirut", (2026, 3, 29)), ("Africa/Cairo", (2026, 4, 24))])
def test_a_day_without_midnight_starts_at_one(alice, zone, day):
    in_zone(alice, zone)
    start = day_starts(dt.date(*day), zone)
    assert start.astimezone(ZoneInfo(zone)).hour == 1
    active(alice, start - dt.timedelta(seconds=1), start)
    assert Profile.objects.get().run == 2


def test_the_hour_that_comes_twice_in_cairo_is_one_day(alice):
    in_zone(alice, "Africa/Cairo")
    first = at("Africa/Cairo", 2026, 10, 29, 23, 30)
    active(alice, first, first + dt.timedelta(hours=1))
    assert list(ActiveDay.objects.values_list("day", flat=True)) == [dt.date(2026, 10, 29)]


def test_a_date_that_apia_never_had_is_no_gap(alice):
    in_zone(alice, "Pacific/Apia")
    active(alice, at("Pacific/Apia", 2011, 12, 29, 12), at("Pacific/Apia", 2011, 12, 31, 12))
    assert Profile.objects.get().run == 2


def test_a_streak_lives_through_the_day_after_and_no_longer(alice):
    in_zone(alice, "UTC")
    active(alice, at("UTC", 2026, 3, 9, 1), at("UTC", 2026, 3, 10, 1))
    for hour, day, expected in ((23, 10, 2), (23, 11, 2), (0, 12, 0)):
        state = profile(alice.user, at=at("UTC", 2026, 3, day, hour, 59))
        assert (state.current_streak, state.longest_streak) == (expected, 2)


def test_a_late_day_joins_what_it_joins(alice):
    in_zone(alice, "UTC")
    active(alice, at("UTC", 2026, 3, 8, 9), at("UTC", 2026, 3, 10, 9))
    assert Profile.objects.get().run == 1
    streak = mark_active(learner=alice.user, day=dt.date(2026, 3, 9), at=at("UTC", 2026, 3, 10, 10))
    assert (streak.current, streak.longest) == (3, 3)


def test_ten_minutes_of_study_make_a_day_active_and_nine_do_not(alice, course, at_alice):
    lesson = lessons_of(course)[0]
    with time_machine.travel(dt.datetime(2026, 3, 10, 9, tzinfo=dt.UTC), tick=False) as clock:
        for _ in range(9):
            alice.post(URL, a_beat(lesson, seconds=60))
            clock.shift(60)
        assert not ActiveDay.objects.exists()
        assert alice.post(URL, a_beat(lesson, seconds=60)).json()["streak"] == 1
        clock.shift(60)
        assert alice.post(URL, a_beat(lesson, seconds=60)).json()["streak"] is None
    assert ActiveDay.objects.count() == 1


def test_offline_study_makes_its_own_day_active(alice, course):
    lesson = lessons_of(course)[0]
    now = dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC)
    enrolled(alice.user, course, at=now - dt.timedelta(days=3))
    with time_machine.travel(now, tick=False):
        alice.post(URL, a_beat(lesson, completed=True))
        kept = [
            a_beat(lesson, seconds=60, recorded_at=(now - dt.timedelta(hours=24, seconds=-60 * n)).isoformat())
            for n in range(10)
        ]
        answer = alice.post(URL, {"beats": kept}).json()
    assert answer["streak"] == 2
    assert sorted(ActiveDay.objects.values_list("day", flat=True)) == [dt.date(2026, 3, 9), dt.date(2026, 3, 10)]


# --- moving to another zone -----------------------------------------------------------------------------------


def moved(person, zone: str, when: dt.datetime) -> None:
    person.user = change_time_zone(person.user, zone, at=when)


def test_who_waits_for_a_new_zone_from_early_in_the_day_is_asked_about_it_once(alice, django_assert_num_queries):
    """Every page asks for the day many times over; the new zone begins in nearly 23 hours."""
    in_zone(alice, "UTC")
    early = at("UTC", 2026, 3, 10, 1)
    moved(alice, "Asia/Tokyo", early)
    learner = User.objects.get(pk=alice.user.pk)
    with django_assert_num_queries(2):  # the moves, and the pauses
        assert {learner.day_at(early + dt.timedelta(minutes=n)) for n in range(9)} == {early.date()}
        calendar_of(learner)


def test_a_new_zone_counts_from_the_next_day_on(alice):
    in_zone(alice, "Europe/Madrid")
    noon = at("Europe/Madrid", 2026, 3, 10, 12)
    moved(alice, "America/New_York", noon)
    assert alice.user.zone_at(noon) == "Europe/Madrid"
    assert alice.user.zone_at(noon + dt.timedelta(days=1, hours=12)) == "America/New_York"


def test_flying_from_tokyo_to_honolulu_keeps_the_streak_and_counts_no_day_twice(alice):
    in_zone(alice, "Asia/Tokyo")
    active(alice, at("Asia/Tokyo", 2026, 3, 9, 20), at("Asia/Tokyo", 2026, 3, 10, 20))
    moved(alice, "Pacific/Honolulu", at("Asia/Tokyo", 2026, 3, 10, 21))
    active(alice, at("Pacific/Honolulu", 2026, 3, 11, 20), at("Pacific/Honolulu", 2026, 3, 12, 20))
    assert Profile.objects.get().run == 4


def test_flying_east_over_the_date_line_loses_no_streak(alice):
    in_zone(alice, "Pacific/Pago_Pago")
    active(alice, at("Pacific/Pago_Pago", 2026, 3, 10, 12))
    moved(alice, "Pacific/Kiritimati", at("Pacific/Pago_Pago", 2026, 3, 10, 13))
    change = alice.user.zone_changes.get()
    assert change.skipped_day == dt.date(2026, 3, 11)
    active(alice, at("Pacific/Kiritimati", 2026, 3, 12, 12))
    assert Profile.objects.get().run == 2


def test_turning_the_zone_back_and_forth_makes_no_second_day(alice):
    in_zone(alice, "UTC")
    start = at("UTC", 2026, 3, 10, 12)
    active(alice, start)
    for n, zone in enumerate(["Pacific/Kiritimati", "Pacific/Pago_Pago", "Pacific/Kiritimati", "UTC"], start=1):
        moved(alice, zone, start + dt.timedelta(minutes=10 * n))
        active(alice, start + dt.timedelta(minutes=10 * n + 1))
    assert ActiveDay.objects.count() == 1


def test_a_change_that_has_not_begun_can_be_taken_back(alice):
    in_zone(alice, "UTC")
    start = at("UTC", 2026, 3, 10, 12)
    moved(alice, "Asia/Tokyo", start)
    moved(alice, "UTC", start + dt.timedelta(minutes=1))
    assert not alice.user.zone_changes.exists()
    assert alice.user.zone_at(start + dt.timedelta(days=3)) == "UTC"


ZONES = sorted(z for z in zone_names() if "/" in z and not z.startswith("Etc/"))
INSTANTS = st.datetimes(dt.datetime(2024, 1, 1), dt.datetime(2028, 12, 1)).map(lambda d: d.replace(tzinfo=dt.UTC))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(ZONES), st.sampled_from(ZONES), INSTANTS, st.lists(st.integers(0, 24 * 60 * 6), max_size=40))
def test_days_never_run_back_whatever_zones_and_instants(travelling_alice, first, second, start, minutes):
    """The learner's date only ever grows with time, and grows past a date only where that date was skipped."""
    user = travelling_alice(first, second, start)
    instants = sorted(start + dt.timedelta(minutes=m) for m in minutes)
    days = [user.day_at(i) for i in instants]
    assert days == sorted(days)


@pytest.fixture
def travelling_alice(alice):
    """Alice, in the first zone from before `start`, moved to the second one at `start`."""

    def make(first, second, start):
        alice.user.zone_changes.all().delete()
        alice.user.time_zone, alice.user.time_zone_from, alice.user.previous_time_zone = first, None, ""
        alice.user.save()
        return change_time_zone(alice.user, second, at=start)

    return make


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sets(st.integers(0, 60), max_size=40), st.permutations(range(61)))
def test_the_streak_is_the_same_in_whatever_order_the_days_come(clean_days, offsets, order):
    """The incremental path against a walk over all days."""
    user, start = clean_days()
    for n in order:
        if n in offsets:
            mark_active(learner=user, day=start + dt.timedelta(days=n), at=dt.datetime(2026, 6, 1, tzinfo=dt.UTC))
    kept = Profile.objects.filter(learner=user).first()
    longest, last = naive([start + dt.timedelta(days=n) for n in offsets])
    assert (kept.longest_streak if kept else 0, kept.run if kept else 0) == (longest, last)
    run = rebuild_streak(user)
    assert (run.longest, run.length) == (longest, last)


@pytest.fixture
def clean_days(bob):
    def make():
        ActiveDay.objects.all().delete()
        Profile.objects.all().delete()
        in_zone(bob, "UTC")
        return bob.user, dt.date(2026, 1, 1)

    return make


def naive(days: list[dt.date]) -> tuple[int, int]:
    best = current = 0
    for day in sorted(days):
        current = current + 1 if day - dt.timedelta(days=1) in days else 1
        best = max(best, current)
    return best, current


def test_rebuilding_changes_nothing_that_was_counted_step_by_step(alice, bob, course, at_alice):
    more = a_lesson(course.modules.get(), title="More")
    with time_machine.travel(dt.datetime(2026, 3, 7, 20, tzinfo=dt.UTC), tick=False) as clock:
        for lesson in [*lessons_of(course), more]:
            alice.post(URL, a_beat(lesson, completed=True))
            clock.shift(dt.timedelta(days=1))
    before = list(Profile.objects.order_by("pk").values()), list(ActiveDay.objects.order_by("pk").values())
    rebuild_gamification()
    assert (list(Profile.objects.order_by("pk").values()), list(ActiveDay.objects.order_by("pk").values())) == before
    Profile.objects.all().delete()
    ActiveDay.objects.all().delete()
    rebuild_gamification()
    assert list(Profile.objects.order_by("pk").values()) == before[0]
    assert calendar_of(bob.user).skipped == frozenset()
