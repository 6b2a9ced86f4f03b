"""One learner over forty days: badges, a freeze, a rest day, a move, a night that loses an hour, a finished course."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from zoneinfo import ZoneInfo

import pytest
import time_machine

from gamification.models import EarnedBadge, Milestone, Profile, XPEntry
from gamification.selectors.days import streak_calendar
from gamification.selectors.profile import Tonight, profile
from gamification.services.closing import close_days
from gamification.services.rebuild import rebuild_gamification
from gamification.walk import DayState
from learning.models import Certificate, User
from learning.services.people import change_time_zone
from notifications.models import Notification
from tests.builders import Person, a_beat, a_course, a_user, enrolled, lessons_of

URL = "/api/learner/track-lesson/"
MADRID, LIMA = "Europe/Madrid", "America/Lima"
FIRST = dt.date(2026, 3, 2)  # a Monday; on the 29th Madrid's night loses an hour


class Story:
    """Forty days of Mara, a lesson an evening unless she does something else; what she was told, in order."""

    def __init__(self, mara: Person, lessons: list) -> None:
        self.mara, self.lessons = mara, iter(lessons)
        self.milestones: list[str] = []
        self.badges: list[str] = []

    @property
    def user(self) -> User:
        return User.objects.get(pk=self.mara.user.pk)

    def at(self, day: int, hour: int = 20, zone: str = MADRID) -> dt.datetime:
        date = FIRST + dt.timedelta(days=day - 1)
        return dt.datetime.combine(date, dt.time(hour), tzinfo=ZoneInfo(zone)).astimezone(dt.UTC)

    def learns(self, day: int, *, hour: int = 20, zone: str = MADRID, lessons: int = 1) -> dict:
        """She finishes so many lessons; the clock has closed what was over."""
        answer: dict = {}
        with time_machine.travel(self.at(day, hour, zone), tick=False) as clock:
            close_days(at=self.at(day, hour, zone))
            self.mara = Person(self.user)  # a sign-in does not last forty days
            for _ in range(lessons):
                answer = self.mara.post(URL, a_beat(next(self.lessons), completed=True)).json()
                self.milestones += [m["key"] for m in answer["milestones"]]
                self.badges += [b["key"] for b in answer["new_achievements"]]
                clock.shift(600)
        return answer

    def stands(self, day: int, hour: int = 21, zone: str = MADRID):
        return profile(self.user, at=self.at(day, hour, zone))


@pytest.fixture
def story(ines):
    with time_machine.travel(dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC), tick=False):
        mara = Person(a_user("mara@example.org", name="Mara", zone=MADRID))
        course = a_course(ines.user, title="Forty stones", lessons=40)
        enrolled(mara.user, course)
        return Story(mara, lessons_of(course))


def test_forty_days_of_one_learner(story):
    mara = story.mara

    # The first week: a lesson an evening, three on the first day. Seven days earn a freeze.
    story.learns(1, lessons=3)
    assert story.badges == ["first_steps"]
    assert story.milestones == ["first_session", "daily_goal"]
    for day in range(2, 8):
        story.learns(day)
    assert (story.stands(7).current_streak, story.stands(7).freezes) == (7, 1)
    assert story.badges == ["first_steps", "streak_3", "week_warrior"]

    # The eighth day is missed: the freeze covers it, and it is told once.
    assert story.stands(8).tonight == Tonight.COVERED
    assert story.learns(9)["streak"] == 8
    close_days(at=story.at(9))
    frozen = Notification.objects.filter(learner=mara.user, kind="streak")
    assert [n.key for n in frozen] == ["frozen:2026-03-09"]
    assert story.stands(9).freezes == 0

    # She plans Sundays off; the one that comes costs nothing.
    with time_machine.travel(story.at(10), tick=False):
        mara.patch("/api/gamification/settings/", {"rest_days": [6]})
    for day in range(10, 14):
        story.learns(day)
    assert story.stands(14).tonight == Tonight.PAUSED
    assert story.learns(15)["streak"] == 13
    for day in range(16, 21):
        story.learns(day)

    # Two challenges of the twentieth day are looked at; what is met is claimed once.
    with time_machine.travel(story.at(20, 22), tick=False):
        challenges = mara.get("/api/gamification/profile/").json()["challenges"]
        met = [c for c in challenges if c["state"] == "met"]
        assert len(challenges) == 3
        assert met
        path = f"/api/gamification/challenges/{met[0]['id']}/claim/"
        assert [mara.post(path).status_code for _ in range(2)] == [200, 409]

    # The 29th of March has 23 hours in Madrid, and is a Sunday on which she learns at half past midnight all the same.
    for day in range(22, 28):
        story.learns(day)
    before = story.stands(27).current_streak
    assert story.learns(28, hour=3)["streak"] == before + 1
    story.learns(29)

    # She moves to Lima. Her days are counted there from the next one on, and none twice.
    change_time_zone(story.user, LIMA, at=story.at(30, 9))
    assert story.learns(30)["streak"] == before + 3
    assert story.learns(31, zone=LIMA)["streak"] == before + 4
    for day in (32, 33, 34):
        story.learns(day, zone=LIMA)

    # Sunday off, three days without: two freezes are used, the third would end it. She comes back in time.
    assert story.stands(34, zone=LIMA).freezes == 2
    assert story.learns(38, zone=LIMA)["streak"] == before + 8
    assert story.stands(38, zone=LIMA).freezes == 0

    # The course is finished on the fortieth day.
    story.learns(39, zone=LIMA)
    last = story.learns(40, hour=10, zone=LIMA, lessons=40 - len_done(mara))
    assert last["enrollment"]["completed_at"]
    assert Certificate.objects.filter(enrollment__learner=mara.user).count() == 1

    # Everything was told once, adds up, and comes out the same when it is counted anew.
    daily = Counter(story.milestones)
    assert daily["sessions_10"] == daily["sessions_25"] == 1
    assert all(daily[f"streak_{n}"] == 1 for n in (3, 7, 14, 30))
    assert daily["first_session"] == Milestone.objects.filter(key="first_session").count()
    assert max(Counter(story.badges).values()) == 1
    assert {"course_conqueror", "monthly_master", "sessions_10", "sessions_25"} <= set(story.badges)
    ledger = XPEntry.objects.filter(learner=mara.user)
    kept = Profile.objects.filter(learner=mara.user)
    assert kept.get().xp == sum(ledger.values_list("amount", flat=True))
    facts = [list(kept.values()), EarnedBadge.objects.count(), ledger.count()]
    rebuild_gamification()
    again = [list(kept.values()), EarnedBadge.objects.count(), ledger.count()]
    assert again[1:] == facts[1:]
    same = ("xp", "run", "longest_streak", "freezes", "last_active_day", "begun_on")
    assert {k: again[0][0][k] for k in same} == {k: facts[0][0][k] for k in same}
    with time_machine.travel(story.at(40, 12, LIMA), tick=False):
        today = story.user.day_at(story.at(40, 12, LIMA))
        states = Counter(d.state for d in streak_calendar(story.user, today=today, days=40))
    assert states == {DayState.ACTIVE: 34, DayState.FROZEN: 3, DayState.REST: 3}


def len_done(mara: Person) -> int:
    return mara.user.lesson_progress.exclude(completed_at=None).count()
