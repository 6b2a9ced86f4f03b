"""Leaderboards: who stands there, in which order, and who is never named."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from gamification.kinds import Rule
from gamification.models import CourseSwitches
from gamification.services.switches import choose_alias, turn
from gamification.services.xp import pay
from learning.models import User
from learning.services.people import make_instructor
from tests.builders import Person, a_beat, a_course, a_user, enrolled, lessons_of

BOARD = "/api/gamification/leaderboard/"
NOON = dt.datetime(2026, 3, 11, 12, tzinfo=dt.UTC)  # a Wednesday


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def earns(user: User, amount: int, *, day: dt.date | None = None) -> None:
    day = day or user.day_at(NOON)
    pay(learner=user, rule=Rule.CHALLENGE, source=f"test:{day}:{amount}", amount=amount, reason="t", at=NOON, day=day)


def somebody(alias: str, amount: int = 0, **fields) -> User:
    user = a_user(f"{alias.lower()}@example.net", **fields)
    choose_alias(learner=user, alias=f"The {alias}")
    if amount:
        earns(user, amount)
    return user


def seen(person: Person, **query) -> list[tuple[int, str, int, bool]]:
    entries = person.get(BOARD, query).json()["entries"]
    return [(e["rank"], e["alias"].removeprefix("The "), e["xp"], e["is_me"]) for e in entries]


def test_three_above_and_three_below(alice):
    for n, name in enumerate("ABCDEFGHIJ"):
        somebody(f"{name}{name}", 100 - 10 * n)
    choose_alias(learner=alice.user, alias="The Me")
    earns(alice.user, 55)
    assert [(rank, alias) for rank, alias, _, _ in seen(alice)] == [
        (3, "CC"), (4, "DD"), (5, "EE"), (6, "Me"), (7, "FF"), (8, "GG"), (9, "HH"),
    ]  # fmt: skip


def test_equals_share_a_rank_and_stay_in_their_order(alice):
    for name in ("Zed", "Ann", "Mid"):
        somebody(name, 20)
    somebody("Low", 10)
    first = seen(alice)
    assert [(rank, alias) for rank, alias, _, _ in first] == [(1, "Zed"), (1, "Ann"), (1, "Mid"), (4, "Low")]
    assert seen(alice) == first


def test_who_has_an_alias_and_no_xp_yet_sees_themselves_at_the_end(alice):
    somebody("Fast", 30)
    choose_alias(learner=alice.user, alias="The Slow")
    assert seen(alice) == [(1, "Fast", 30, False), (2, "Slow", 0, True)]


def test_a_week_is_everybodys_own_iso_week(alice):
    monday = dt.date(2026, 3, 9)
    early = somebody("Early", zone="Pacific/Auckland")
    earns(early, 5, day=monday)
    earns(early, 7, day=monday - dt.timedelta(days=1))
    earns(early, 9, day=monday + dt.timedelta(days=6))
    assert seen(alice) == [(1, "Early", 14, False)]


def test_nobody_is_named_who_did_not_choose_to_be(alice, bob, ines, staff, admin):
    somebody("Known", 10)
    silent = a_user("silent@example.net", name="Silent Sam")
    earns(silent, 99)
    off = somebody("Off", 98)
    turn(learner=off, switches={"boards": False}, at=timezone.now())
    untracked = somebody("Untracked", 97)
    User.objects.filter(pk=untracked.pk).update(detailed_tracking=False)
    gone = somebody("Gone", 96)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    left = somebody("Left", 95)
    choose_alias(learner=left, alias="")
    a_course(ines.user)
    for person, amount in ((ines, 94), (staff, 93), (admin, 92)):
        choose_alias(learner=person.user, alias=f"The boss {amount}")
        earns(person.user, amount)
    text = alice.get(BOARD).content.decode()
    assert seen(alice) == [(1, "Known", 10, False)]
    for word in ("Silent", "Off", "Untracked", "Gone", "Left", "boss", "@"):
        assert word not in text


def test_a_courses_board_counts_what_was_earned_in_it_by_its_learners(alice, bob, ines):
    course, other = a_course(ines.user, title="This"), a_course(ines.user, title="That")
    for person, name in ((alice, "The A"), (bob, "The B")):
        choose_alias(learner=person.user, alias=name)
        enrolled(person.user, course, at=NOON)
    enrolled(bob.user, other, at=NOON)
    alice.post("/api/learner/track-lesson/", a_beat(lessons_of(course)[0], completed=True))
    bob.post("/api/learner/track-lesson/", a_beat(lessons_of(other)[0], completed=True))
    assert seen(alice, scope="course", course=course.pk) == [(1, "A", 10, True)]
    assert len(seen(alice)) == 2


def test_an_instructor_who_learns_in_the_course_is_not_on_its_board(alice, bob, course):
    choose_alias(learner=bob.user, alias="The B")
    for person in (alice, bob):
        enrolled(person.user, course, at=NOON)
        person.post("/api/learner/track-lesson/", a_beat(lessons_of(course)[0], completed=True))
    assert len(seen(alice, scope="course", course=course.pk)) == 1
    make_instructor(bob.user, course, at=timezone.now())
    assert seen(alice, scope="course", course=course.pk) == []


def test_who_may_look(alice, bob, anonymous, ines, course, at_alice):
    of_course = {"scope": "course", "course": course.pk}
    assert anonymous.get(BOARD).status_code == 401
    assert alice.get(BOARD, of_course).status_code == 200
    assert ines.get(BOARD, of_course).status_code == 200
    assert bob.get(BOARD, of_course).json()["code"] == "not_enrolled"
    assert alice.get(BOARD, {"scope": "course", "course": 10**30}).status_code == 404
    assert alice.get(BOARD, {"scope": "course"}).status_code == 400
    assert alice.get(BOARD, {"scope": "world"}).status_code == 400
    CourseSwitches.objects.create(course=course, boards=False)
    assert alice.get(BOARD, of_course).status_code == 404


def test_the_board_asks_the_same_of_the_database_for_many_as_for_few(alice, django_assert_max_num_queries):
    choose_alias(learner=alice.user, alias="The Me")
    for n in range(30):
        somebody(f"N{n:02}", 1 + n)
    earns(alice.user, 15)
    with django_assert_max_num_queries(12):
        seen(alice)
