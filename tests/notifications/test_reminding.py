"""Words at the right time of a learner's day: a course left lying, a goal within reach, last week on a Monday."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine

from learning.models import Enrollment, LearningSession, StudyClock, User
from learning.services.enrollment import leave
from notifications.models import Notification
from notifications.services.reminding import remind, tell_goals_near
from notifications.services.weekly import tell_weeks
from tests.builders import a_beat, enrolled, lessons_of

TRACK = "/api/learner/track-lesson/"
# A Tuesday; Madrid is an hour ahead of UTC.
BEGUN = dt.datetime(2026, 3, 3, 9, 30, tzinfo=dt.UTC)


@pytest.fixture
def clock():
    with time_machine.travel(BEGUN, tick=False) as traveller:
        yield traveller


def told(kind: str) -> list[tuple[str, str]]:
    return list(Notification.objects.filter(kind=kind).order_by("pk").values_list("key", "title"))


def studies(person, lesson, *, seconds: int = 30) -> None:
    assert person.post(TRACK, a_beat(lesson, seconds=seconds)).status_code == 200


def after(**time) -> dt.datetime:
    return BEGUN + dt.timedelta(**time)


def test_a_course_left_lying_is_told_after_a_week_and_after_three_in_the_morning(clock, alice, course):
    enrolled(alice.user, course)
    studies(alice, lessons_of(course)[0])
    assert remind(at=after(days=6)) == 0
    assert remind(at=after(days=7, hours=6)) == 0  # the afternoon
    assert remind(at=after(days=8)) == remind(at=after(days=8, hours=1)) == 1
    (row,) = Notification.objects.filter(kind="reminder")
    assert (row.title, row.key) == ("Your place in Stones is kept", "7:2026-03-03")
    assert row.body.startswith("Next: Stones 1.")
    assert alice.get(row.url).status_code == 200
    assert remind(at=after(days=15)) == 0
    remind(at=after(days=21))
    assert [key for key, _ in told("reminder")] == ["7:2026-03-03", "21:2026-03-03"]


@pytest.mark.parametrize("how", ["left", "finished", "elsewhere", "untracked", "withdrawn"])
def test_who_has_reason_to_be_away_is_left_in_peace(clock, alice, course, how):
    enrolled(alice.user, course)
    studies(alice, lessons_of(course)[0])
    if how == "left":
        leave(learner=alice.user, course=course, at=BEGUN)
    elif how == "finished":
        Enrollment.objects.update(completed_at=BEGUN)
    elif how == "elsewhere":
        StudyClock.objects.update(credited_until=int(after(days=5).timestamp() * 1000))
    elif how == "untracked":
        User.objects.update(detailed_tracking=False)
    else:
        type(course).objects.update(state="draft")
    assert remind(at=after(days=8)) == 0


def test_a_goal_that_is_one_session_away_is_told_in_the_evening_once(clock, alice, bob):
    for person, count in ((alice, 2), (bob, 1)):
        LearningSession.objects.bulk_create(
            LearningSession(learner=person.user, day=BEGUN.date(), at=BEGUN) for _ in range(count)
        )
    assert tell_goals_near(at=after(hours=4)) == 0
    for minutes in (0, 60):
        assert tell_goals_near(at=after(hours=8, minutes=minutes)) == 1
    assert told("goal_near") == [("2026-03-03", "One more session: 2 are done today")]


def test_last_week_is_told_on_monday_morning_from_the_facts(clock, alice, bob, course):
    for person in (alice, bob):
        enrolled(person.user, course)
    first, second = lessons_of(course)
    for days in (0, 1):
        clock.move_to(after(days=days))
        studies(alice, first, seconds=1)
        for n in range(1, 4):
            clock.move_to(after(days=days, seconds=30 * n))
            studies(alice, first)
    alice.post(TRACK, a_beat(first, seconds=1, completed=True))
    clock.move_to(after(days=6))
    studies(alice, second)  # Monday itself is another week
    assert tell_weeks(at=after(days=5)) == 0  # Sunday
    assert tell_weeks(at=after(days=6, hours=4)) == 0  # Monday afternoon
    for hour in (0, 1):
        assert tell_weeks(at=after(days=6, hours=hour)) == 1
    (row,) = Notification.objects.filter(kind="weekly_summary")
    assert (row.key, row.learner) == ("2026-W10", alice.user)
    assert row.title == "Your week: 3 min of study"
    assert row.body.startswith("You studied on 2 days of seven. You finished 1 session.")
