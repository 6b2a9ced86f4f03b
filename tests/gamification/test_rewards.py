"""XP and badges made from facts are those that were given as it happened."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
import time_machine

from gamification.models import Badge, EarnedBadge, Profile, XPEntry, XPRule
from gamification.services.rebuild import rebuild_gamification
from learning.models import Category
from tests.builders import a_beat, a_course, a_practice, enrolled, lessons_of
from tests.ledgers import unguarded

URL = "/api/learner/track-lesson/"
MIDNIGHT = dt.datetime(2026, 3, 10, tzinfo=dt.UTC)


@pytest.fixture
def clock():
    with time_machine.travel(MIDNIGHT, tick=False) as traveller:
        yield traveller


def ledger():
    rows = XPEntry.objects.order_by("learner", "created_at", "rule")
    return list(rows.values_list("learner", "rule", "source", "amount", "created_at", "day"))


def held():
    rows = EarnedBadge.objects.order_by("learner", "badge__key")
    return {(learner, key): at for learner, key, at in rows.values_list("learner", "badge__key", "earned_at")}


def forget():
    with unguarded():
        for model in (XPEntry, EarnedBadge, Profile):
            model.objects.all().delete()


def read(person, lesson, *, minutes: int, clock, complete: bool = False) -> None:
    tab = str(uuid.uuid4())
    for seq in range(1, minutes + 1):
        clock.shift(60)
        person.post(URL, a_beat(lesson, seq=seq, session=tab, seconds=60, completed=complete and seq == minutes))


def answer(person, lesson, *, right: bool) -> None:
    attempt = person.post("/api/practice/", {"lesson": lesson.pk}).json()
    choices = {str(q["id"]): q["choices"][0 if right else 1]["id"] for q in attempt["questions"]}
    assert person.post(f"/api/practice/{attempt['id']}/finish/", {"answers": choices}).status_code == 200


def test_made_from_facts_they_are_what_was_given_as_it_happened(clock, alice, bob, ines):
    """A month: a finished shelf of two courses, nights, early mornings, a failed practice, days without a completion."""
    shelf = Category.objects.create(name="Outdoors", slug="outdoors")
    long_one = a_course(ines.user, title="Long", lessons=22, category=shelf)
    short_one = a_course(ines.user, title="Short", lessons=2, category=shelf)
    practice = a_practice(short_one.modules.get())
    for person in (alice, bob):
        enrolled(person.user, long_one)
    clock.shift(dt.timedelta(minutes=5))
    enrolled(alice.user, short_one)
    for n, lesson in enumerate(lessons_of(long_one)):
        clock.move_to(MIDNIGHT + dt.timedelta(days=n, hours=4.3 if n % 2 else 22.4))
        read(alice, lesson, minutes=2, clock=clock, complete=True)
        if n < 5:
            clock.shift(90)
            read(bob, lesson, minutes=11, clock=clock, complete=n == 3)
    for n, right in enumerate((False, True)):
        clock.shift(dt.timedelta(days=1 + n))
        answer(alice, practice, right=right)
    for lesson in lessons_of(short_one)[:2]:
        read(alice, lesson, minutes=1, clock=clock, complete=True)
    given, badges = ledger(), held()
    assert {key for _, key in badges} >= {"night_owl", "early_bird", "subject_master", "streak_14", "sessions_25"}

    forget()
    rebuild_gamification()
    assert ledger() == given
    assert set(held()) == set(badges)
    # Minutes are facts of an hour: what ten minutes of study brought is dated within it. All else is exact.
    late = {key: abs(held()[key] - at) for key, at in badges.items() if held()[key] != at}
    assert all(key[1].startswith("streak") and by <= dt.timedelta(minutes=12) for key, by in late.items())
    assert {profile.learner_id: profile.xp for profile in Profile.objects.all()} == {
        person.user.pk: sum(row[3] for row in given if row[0] == person.user.pk) for person in (alice, bob)
    }


def test_again_changes_nothing_and_what_was_given_stays(clock, alice, course, at_alice):
    read(alice, lessons_of(course)[0], minutes=1, clock=clock, complete=True)
    Badge.objects.filter(key="first_steps").update(threshold=50)
    XPRule.objects.update(amount=99)
    before, badges = ledger(), held()
    rebuild_gamification()
    assert (ledger(), held()) == (before, badges)
    rebuild_gamification()
    assert Profile.objects.get().xp == 10


def test_a_lesson_that_became_a_practice_is_not_paid_twice(clock, alice, course, at_alice):
    lesson = lessons_of(course)[0]
    read(alice, lesson, minutes=1, clock=clock, complete=True)
    lesson.kind = "practice"
    lesson.save()
    rebuild_gamification()
    assert Profile.objects.get().xp == 10


def test_a_rule_that_does_not_pay_pays_nothing(clock, alice, course, at_alice):
    read(alice, lessons_of(course)[0], minutes=1, clock=clock, complete=True)
    forget()
    XPRule.objects.filter(key="lesson_completed").update(is_active=False)
    rebuild_gamification()
    assert ledger() == []


def test_a_marathon_is_dated_where_its_fourth_hour_ended(clock, alice, course, at_alice):
    clock.move_to(MIDNIGHT + dt.timedelta(hours=9, minutes=30))
    read(alice, lessons_of(course)[0], minutes=250, clock=clock)
    badges = held()
    forget()
    rebuild_gamification()
    assert set(held()) == set(badges)
    key = (alice.user.pk, "marathon")
    assert abs(held()[key] - badges[key]) <= dt.timedelta(minutes=1)


def test_two_short_runs_are_not_a_long_one(clock, alice, ines):
    Badge.objects.filter(key="week_warrior").update(threshold=4)
    course = a_course(ines.user, lessons=6)
    enrolled(alice.user, course)
    for days, lesson in zip((0, 1, 2, 6, 7, 8), lessons_of(course), strict=True):
        clock.move_to(MIDNIGHT + dt.timedelta(days=days, hours=9))
        read(alice, lesson, minutes=1, clock=clock, complete=True)
    forget()
    rebuild_gamification()
    assert Profile.objects.get().longest_streak == 3
    assert {key for _, key in held()} & {"streak_3", "week_warrior"} == {"streak_3"}
