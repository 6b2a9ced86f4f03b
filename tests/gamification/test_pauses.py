"""Freezes, rest days, vacation and amnesty: what a missed day costs, and when it costs nothing."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress

import pytest
import time_machine
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gamification.exceptions import BadRestDays, BadVacation
from gamification.models import ActiveDay, Pause, Profile
from gamification.selectors.days import calendar_of, streak_calendar
from gamification.selectors.profile import Tonight, profile
from gamification.services.closing import close_days, warn_of_risk
from gamification.services.pauses import end_vacation, grant_amnesty, plan_rest_days, plan_vacation
from gamification.services.rebuild import rebuild_gamification, rebuild_streaks
from gamification.services.streaks import mark_active
from gamification.services.switches import turn
from gamification.walk import DayState
from learning import outbox
from learning.models import User
from learning.services.people import change_time_zone
from learning.zones import day_at, day_starts, existed, zone_names
from notifications.models import Notification
from tests.builders import a_user

FIRST = dt.date(2026, 3, 2)  # a Monday
MON, TUE, WED, THU, FRI, SAT, SUN = range(7)


def day(n: int) -> dt.date:
    """The n-th day of the story; 1 is the first."""
    return FIRST + dt.timedelta(days=n - 1)


def noon(n: int) -> dt.datetime:
    return dt.datetime.combine(day(n), dt.time(12), tzinfo=dt.UTC)


@pytest.fixture
def wren(db) -> User:
    """Somebody who joined on the first day, in UTC."""
    return a_user("wren@example.org", name="Wren", date_joined=noon(1) - dt.timedelta(hours=11))


def active(learner: User, *days: int) -> None:
    for n in days:
        mark_active(learner=learner, day=day(n), at=noon(n))


def on(learner: User, n: int):
    return profile(learner, at=noon(n))


def states(learner: User, first: int, today: int) -> list[str]:
    shown = streak_calendar(learner, today=day(today), days=today - first + 1)
    return [d.state.value for d in shown]


# --- freezes --------------------------------------------------------------------------------------------------


def test_seven_active_days_earn_a_freeze_and_it_covers_a_missed_day(wren):
    active(wren, *range(1, 8))
    assert on(wren, 7).freezes == 1
    assert (on(wren, 9).current_streak, on(wren, 9).freezes) == (7, 0)
    active(wren, 9)
    assert (on(wren, 9).current_streak, on(wren, 9).longest_streak) == (8, 8)
    assert states(wren, 7, 9) == ["active", "frozen", "active"]


def test_six_days_earn_none_and_a_missed_day_ends_the_streak(wren):
    active(wren, *range(1, 7))
    assert (on(wren, 8).current_streak, on(wren, 8).longest_streak) == (0, 6)
    assert states(wren, 6, 8) == ["active", "missed", "open"]


def test_at_most_two_freezes_are_held_and_they_cover_two_days(wren):
    active(wren, *range(1, 23))
    assert on(wren, 22).freezes == 2
    assert on(wren, 25).current_streak == 22
    assert on(wren, 26).current_streak == 0


def test_a_late_beat_for_a_frozen_day_makes_it_active_and_gives_the_freeze_back(wren):
    active(wren, *range(1, 8), 9)
    assert on(wren, 9).freezes == 0
    streak = mark_active(learner=wren, day=day(8), at=noon(9))
    assert (streak.current, on(wren, 9).freezes) == (9, 1)
    assert states(wren, 8, 9) == ["active", "active"]


def test_what_was_brought_along_from_before_joining_earns_no_freeze(wren):
    User.objects.filter(pk=wren.pk).update(date_joined=noon(30))
    wren.refresh_from_db()
    active(wren, *range(1, 8))
    assert (on(wren, 7).current_streak, on(wren, 7).freezes, on(wren, 9).current_streak) == (7, 0, 0)


# --- until midnight -------------------------------------------------------------------------------------------


def test_today_is_at_risk_until_midnight_and_kept_once_active(wren):
    active(wren, 1, 2)
    assert on(wren, 3).tonight == Tonight.AT_RISK
    assert on(wren, 3).current_streak == 2
    active(wren, 3)
    assert on(wren, 3).tonight == Tonight.KEPT
    assert on(wren, 5).tonight == Tonight.NONE


def test_a_freeze_says_that_it_will_cover_tonight(wren):
    active(wren, *range(1, 8))
    assert on(wren, 8).tonight == Tonight.COVERED


# --- rest days ------------------------------------------------------------------------------------------------


def test_active_friday_and_resting_at_the_weekend_keeps_the_streak_on_monday(wren):
    plan_rest_days(learner=wren, weekdays={SAT, SUN}, at=noon(1))
    active(wren, 4, 5)
    assert on(wren, 6).tonight == Tonight.PAUSED
    assert on(wren, 8).current_streak == 2
    active(wren, 8)
    assert on(wren, 8).current_streak == 3
    assert states(wren, 5, 8) == ["active", "rest", "rest", "active"]


def test_learning_on_a_rest_day_counts(wren):
    plan_rest_days(learner=wren, weekdays={SAT}, at=noon(1))
    active(wren, 5, 6)
    assert on(wren, 6).current_streak == 2


def test_a_plan_counts_from_the_next_day_on_and_past_days_keep_theirs(wren):
    active(wren, 1)
    plan_rest_days(learner=wren, weekdays={TUE}, at=noon(2))
    assert on(wren, 3).current_streak == 0  # the Tuesday on which it was planned was missed
    active(wren, 8)
    assert on(wren, 10).current_streak == 1
    plan_rest_days(learner=wren, weekdays=set(), at=noon(10))
    assert on(wren, 10).current_streak == 1


def test_three_rest_days_a_week_are_refused_and_the_table_refuses_them_too(wren):
    with pytest.raises(BadRestDays):
        plan_rest_days(learner=wren, weekdays={MON, TUE, WED}, at=noon(1))
    with pytest.raises(IntegrityError), transaction.atomic():
        Pause.objects.create(learner=wren, kind="rest", first_day=day(2), weekdays=0b111, created_at=noon(1))


def test_a_second_plan_of_the_same_day_replaces_the_first(wren):
    plan_rest_days(learner=wren, weekdays={MON}, at=noon(1))
    plan_rest_days(learner=wren, weekdays={TUE}, at=noon(1))
    assert Pause.objects.get().rest_days == {TUE}
    with pytest.raises(IntegrityError), transaction.atomic():
        Pause.objects.create(learner=wren, kind="rest", first_day=day(2), weekdays=1, created_at=noon(1))


# --- vacation -------------------------------------------------------------------------------------------------


def test_a_vacation_neither_breaks_nor_lengthens(wren):
    active(wren, 1, 2)
    plan_vacation(learner=wren, first_day=day(3), last_day=day(12), at=noon(2))
    assert on(wren, 13).current_streak == 2
    active(wren, 13)
    assert on(wren, 13).current_streak == 3
    assert on(wren, 15).current_streak == 0


@pytest.mark.parametrize(
    ("first", "last"), [(2, 4), (1, 1), (6, 5), (3, 33), (500, 501)], ids=["today", "past", "backwards", "31", "far"]
)
def test_a_vacation_that_is_not_possible_is_refused(wren, first, last):
    with pytest.raises(BadVacation):
        plan_vacation(learner=wren, first_day=day(first), last_day=day(last), at=noon(2))
    assert not Pause.objects.exists()


def test_thirty_days_a_year_and_the_next_year_has_thirty_of_its_own(wren):
    december = dt.date(2026, 12, 2)
    plan_vacation(learner=wren, first_day=december, last_day=dt.date(2026, 12, 31), at=noon(2))
    with pytest.raises(BadVacation):
        plan_vacation(learner=wren, first_day=day(10), last_day=day(10), at=noon(2))
    plan_vacation(learner=wren, first_day=dt.date(2027, 1, 1), last_day=dt.date(2027, 1, 5), at=noon(2))


def test_two_vacations_share_no_day(wren):
    plan_vacation(learner=wren, first_day=day(5), last_day=day(8), at=noon(2))
    with pytest.raises(BadVacation):
        plan_vacation(learner=wren, first_day=day(8), last_day=day(9), at=noon(2))


def test_coming_home_early_leaves_the_days_that_are_over(wren):
    active(wren, 2)
    vacation = plan_vacation(learner=wren, first_day=day(3), last_day=day(12), at=noon(2))
    end_vacation(vacation, at=noon(5))
    end_vacation(vacation, at=noon(5))
    assert (on(wren, 6).current_streak, on(wren, 7).current_streak) == (1, 0)


def test_the_table_refuses_a_vacation_that_ends_before_it_begins(wren):
    with pytest.raises(IntegrityError), transaction.atomic():
        Pause.objects.create(learner=wren, kind="vacation", first_day=day(3), last_day=day(2), created_at=noon(1))
    with pytest.raises(IntegrityError), transaction.atomic():
        Pause.objects.create(learner=wren, kind="vacation", first_day=day(3), created_at=noon(1))


# --- amnesty --------------------------------------------------------------------------------------------------


def test_an_amnesty_brings_back_the_streaks_that_an_outage_broke(wren):
    active(wren, 1, 2, 4)
    assert on(wren, 4).current_streak == 1
    grant_amnesty(starts_at=noon(3), ends_at=noon(3) + dt.timedelta(hours=3), reason="Disks were full", at=noon(5))
    assert outbox.drain() == 1
    assert (on(wren, 5).current_streak, Profile.objects.get().longest_streak) == (3, 3)
    assert states(wren, 2, 4) == ["active", "amnesty", "active"]


def test_an_amnesty_covers_the_day_that_it_was_for_each_learner(wren):
    auckland = a_user("kiwi@example.org", zone="Pacific/Auckland", date_joined=noon(1))
    grant_amnesty(
        starts_at=noon(3) + dt.timedelta(hours=1), ends_at=noon(3) + dt.timedelta(hours=2), reason="x", at=noon(5)
    )
    assert calendar_of(wren).pause_on(day(3)) == DayState.AMNESTY
    assert calendar_of(auckland).pause_on(day(3)) is None
    assert calendar_of(auckland).pause_on(day(4)) == DayState.AMNESTY


def test_the_table_refuses_an_amnesty_without_a_reason(db):
    with pytest.raises(IntegrityError), transaction.atomic():
        Pause.objects.create(kind="amnesty", starts_at=noon(1), ends_at=noon(2), created_at=noon(3))
    with pytest.raises(IntegrityError), transaction.atomic():
        Pause.objects.create(kind="amnesty", starts_at=noon(1), reason="x", created_at=noon(3))


# --- closing --------------------------------------------------------------------------------------------------


def told(kind: str = "streak") -> list[str]:
    return sorted(Notification.objects.filter(kind=kind).values_list("key", flat=True))


def test_closing_tells_a_used_freeze_once_however_often_it_runs(wren):
    active(wren, *range(1, 8))
    for _ in range(2):
        close_days(at=noon(9))
    assert told() == [f"frozen:{day(8)}"]
    assert Notification.objects.filter(kind="streak").get().title == "A freeze kept your streak of 7 days"


def test_who_switched_streaks_off_is_told_nothing_of_them(wren):
    turn(learner=wren, switches={"streaks": False}, at=noon(1))
    active(wren, *range(1, 8))
    assert close_days(at=noon(9)).frozen == 1
    warn_of_risk(at=noon(10) + dt.timedelta(hours=7))
    assert told() == []


def test_a_clock_that_stood_still_for_three_days_catches_up(wren):
    active(wren, *range(1, 15))
    closed = close_days(at=noon(18))
    assert (closed.frozen, closed.ended) == (2, 1)
    assert Profile.objects.get().ended_on == day(17)
    assert (close_days(at=noon(18)).frozen, close_days(at=noon(30)).ended) == (0, 0)


def test_what_is_shown_is_the_same_whether_the_clock_ran_or_not(wren):
    active(wren, *range(1, 8))
    before = [on(wren, n) for n in range(7, 12)]
    for n in range(7, 12):
        close_days(at=noon(n))
        close_days(at=noon(n))
    assert [on(wren, n) for n in range(7, 12)] == before
    active(wren, 11)
    assert (Profile.objects.get().run, Profile.objects.get().ended_on) == (1, None)


def test_a_day_is_closed_when_it_is_over_where_the_learner_is(wren):
    User.objects.filter(pk=wren.pk).update(time_zone="Pacific/Honolulu")
    active(wren, *range(1, 8))
    assert close_days(at=noon(9) - dt.timedelta(hours=3)).frozen == 0  # still the eighth there
    assert close_days(at=noon(9)).frozen == 1


def test_in_the_evening_a_streak_without_a_freeze_is_told_that_it_is_open(wren):
    active(wren, 1, 2, 3)
    assert warn_of_risk(at=noon(4)) == 0
    for hours in (6, 7, 8):
        warn_of_risk(at=noon(4) + dt.timedelta(hours=hours))
    assert told("streak_at_risk") == [str(day(4))]


def test_who_rests_or_holds_a_freeze_is_not_warned(wren):
    plan_rest_days(learner=wren, weekdays={WED}, at=noon(1))
    active(wren, 2)
    assert warn_of_risk(at=noon(3) + dt.timedelta(hours=7)) == 0
    active(wren, *range(4, 10))
    assert on(wren, 10).tonight == Tonight.PAUSED
    assert warn_of_risk(at=noon(11) + dt.timedelta(hours=7)) == 0


# --- against a naive walk -------------------------------------------------------------------------------------

ZONES = sorted(z for z in zone_names() if "/" in z and not z.startswith("Etc/"))
STARTS = st.dates(dt.date(2024, 1, 1), dt.date(2028, 9, 1))
HOURS = st.lists(st.integers(0, 24 * 60), max_size=70)
PLANS = st.lists(st.tuples(st.integers(0, 50), st.sets(st.integers(0, 6), max_size=2)), max_size=3)
MOVES = st.lists(st.tuples(st.integers(0, 50), st.sampled_from(ZONES)), max_size=3)
TRIPS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 5)), max_size=2)


class Oracle:
    """One day after the other, the rules as a person would tell them, from nothing but the stored facts."""

    def __init__(self, learner: User) -> None:
        self.active = set(ActiveDay.objects.filter(learner=learner).values_list("day", flat=True))
        self.skipped = set(learner.zone_changes.exclude(skipped_day=None).values_list("skipped_day", flat=True))
        self.pauses = list(Pause.objects.filter(learner=learner))
        self.zone, self.joined = learner.time_zone, learner.date_joined.date()
        self.run = self.longest = self.freezes = 0

    def live(self, until: dt.date) -> tuple[int, int, int]:
        """Run, longest and freezes when `until` begins, and active on it if it was."""
        date = min(self.active, default=until)
        while date <= until:
            self.one(date, is_today=date == until)
            date += dt.timedelta(days=1)
        return self.run, self.longest, self.freezes

    def one(self, date: dt.date, *, is_today: bool) -> None:
        if date in self.active:
            self.run += 1
            self.longest = max(self.longest, self.run)
            if self.run % 7 == 0 and date >= self.joined:
                self.freezes = min(2, self.freezes + 1)
        elif not (is_today or date in self.skipped or not existed(date, self.zone) or self.rests(date)):
            if self.freezes:
                self.freezes -= 1
            else:
                self.run = 0

    def rests(self, date: dt.date) -> bool:
        plans = [p for p in self.pauses if p.kind == "rest" and p.first_day <= date]
        latest = max(plans, key=lambda p: p.first_day, default=None)
        away = any(p.kind == "vacation" and p.first_day <= date <= p.last_day for p in self.pauses)
        return away or (latest is not None and bool(latest.weekdays & (1 << date.weekday())))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(ZONES), STARTS, HOURS, PLANS, MOVES, TRIPS, st.randoms(use_true_random=False))
def test_whatever_the_zones_instants_moves_rest_days_and_freezes(clean, zone, start, hours, plans, moves, trips, dice):
    """In whatever order the days come in, and rebuilt from nothing, the streak is the one of a naive walk."""
    learner = clean(zone, start)
    begin = day_starts(start, zone)
    acts = [(begin + dt.timedelta(hours=h), "learn", None) for h in hours]
    acts += [(begin + dt.timedelta(days=d, hours=9), "rest", weekdays) for d, weekdays in plans]
    acts += [(begin + dt.timedelta(days=d, hours=15), "move", name) for d, name in moves]
    acts += [(begin + dt.timedelta(days=d, hours=11), "trip", length) for d, length in trips]
    late = []
    for at, what, how in sorted(acts, key=lambda act: act[0]):
        learner = _act(learner, at, what, how, late, dice)
    for date, at in late:
        mark_active(learner=learner, day=date, at=at)
    now = begin + dt.timedelta(days=62)
    expected = Oracle(learner).live(learner.day_at(now))
    state = profile(learner, at=now)
    assert (state.current_streak, state.longest_streak) == expected[:2]
    assert state.freezes == (expected[2] if state.current_streak else 0)
    kept = list(Profile.objects.filter(learner=learner).values("run", "longest_streak", "freezes", "last_active_day"))
    Profile.objects.all().delete()
    rebuild_streaks()
    again = Profile.objects.filter(learner=learner, last_active_day__isnull=False)
    assert list(again.values("run", "longest_streak", "freezes", "last_active_day")) == [
        row for row in kept if row["last_active_day"]
    ]


def _act(learner, at, what, how, late, dice) -> User:
    if what == "learn":
        date = learner.day_at(at)
        if dice.random() < 0.2:
            late.append((date, at))
        else:
            mark_active(learner=learner, day=date, at=at)
    elif what == "rest":
        plan_rest_days(learner=learner, weekdays=how, at=at)
    elif what == "move":
        return change_time_zone(learner, how, at=at)
    else:
        first = learner.day_at(at) + dt.timedelta(days=1)
        with suppress(BadVacation):
            plan_vacation(learner=learner, first_day=first, last_day=first + dt.timedelta(days=how), at=at)
    return learner


@pytest.fixture
def clean(wren):
    def make(zone: str, start: dt.date) -> User:
        for rows in (ActiveDay, Profile, Pause):
            rows.objects.all().delete()
        wren.zone_changes.all().delete()
        joined = dt.datetime.combine(start, dt.time(), tzinfo=dt.UTC) + dt.timedelta(days=3)
        User.objects.filter(pk=wren.pk).update(
            time_zone=zone, previous_time_zone="", time_zone_from=None, date_joined=joined
        )
        return User.objects.get(pk=wren.pk)

    return make


def test_rebuilding_everything_twice_changes_nothing(wren):
    with time_machine.travel(noon(20), tick=False):
        plan_rest_days(learner=wren, weekdays={SUN}, at=noon(1))
        active(wren, *range(1, 7), *range(8, 15), 17)
        before = list(Profile.objects.values("run", "longest_streak", "freezes"))
        Profile.objects.update(run=0, freezes=2)
        rebuild_streaks()
        assert list(Profile.objects.values("run", "longest_streak", "freezes")) == before
        assert day_at(noon(20), "UTC") == day(20)
        assert rebuild_gamification() is None
