"""What a learner is told: in the transaction that made it true, once, and in words that stay."""

from __future__ import annotations

import datetime as dt
import logging

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.dispatch import receiver
from django.utils import timezone

from gamification.kinds import Rule
from gamification.models import Badge, EarnedBadge, Profile
from gamification.services.xp import announce_level, award, correct
from gamification.signals import badges_earned
from learning.models import Category, Certificate, Enrollment
from learning.services.certificates import issue
from learning.services.completion import complete_lesson
from learning.services.rebuild import rebuild_progress
from notifications.kinds import Kind
from notifications.models import Notification
from notifications.services.inbox import read_all
from tests.builders import a_beat, a_course, a_lesson, enrolled, lessons_of, notify
from tests.conformance.budgets import shown, statements

URL = "/api/learner/track-lesson/"
MORNING = dt.datetime(2026, 3, 10, 10, tzinfo=dt.UTC)


@pytest.fixture
def clock():
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield traveller


def complete(person, lesson):
    answer = person.post(URL, a_beat(lesson, seconds=1, completed=True))
    assert answer.status_code == 200, answer.content
    return answer.json()


def told(person, kind: str = "") -> list[tuple[str, str]]:
    rows = Notification.objects.of(person.user).newest_first()
    return [(n.kind, n.key) for n in rows if kind in ("", n.kind)]


def a_notification(person, key: str = "1", **fields) -> Notification:
    fields = {"kind": Kind.LEVEL, "title": "You reached level 1", "created_at": timezone.now(), **fields}
    return Notification(learner=person.user, key=key, **fields)


def inserts(spent: list[str]) -> list[str]:
    return [sql for sql in spent if sql.startswith('INSERT INTO "notifications_notification"')]


# --- badges -----------------------------------------------------------------------------------------------------


def test_a_badge_leaves_one_notification_in_the_answer_that_earned_it(clock, alice, course, at_alice):
    Notification.objects.all().delete()
    complete(alice, lessons_of(course)[0])
    row = Notification.objects.get()
    assert (row.learner, row.kind, row.key) == (alice.user, "badge", "first_steps")
    assert (row.title, row.body) == ("You earned First Steps", "Complete your first lesson.")
    assert (row.created_at, row.read_at) == (MORNING, None)
    assert alice.get(row.url).status_code == 200


def test_a_second_click_leaves_none(clock, alice, course, at_alice):
    lesson = lessons_of(course)[0]
    complete(alice, lesson)
    before = told(alice)
    complete(alice, lesson)
    assert told(alice) == before


def test_several_badges_of_one_act_leave_one_row_each_in_one_statement(clock, alice, ines):
    course = a_course(ines.user, lessons=1)
    enrolled(alice.user, course)
    with statements() as spent:
        complete(alice, lessons_of(course)[0])
    assert {key for _, key in told(alice, "badge")} == {"explorer", "first_steps", "course_conqueror", "speed_demon"}
    # Badges of the lesson and of the course, the level, the certificate: all at the end of the act.
    assert len(inserts(spent)) == 1, shown(spent)


def test_badges_are_announced_once_per_grant_and_never_without_any(clock, alice, ines):
    heard = []

    @receiver(badges_earned, dispatch_uid="tests.listen")
    def listen(event, **kwargs):
        heard.append({earned.badge.key for earned in event.earned})

    course = a_course(ines.user, lessons=2)
    try:
        enrolled(alice.user, course)
        for lesson in lessons_of(course):
            complete(alice, lesson)
    finally:
        badges_earned.disconnect(dispatch_uid="tests.listen")
    assert heard == [{"explorer"}, {"first_steps"}, {"course_conqueror", "speed_demon"}]


def test_what_earns_nothing_asks_the_inbox_nothing(clock, alice, ines):
    course = a_course(ines.user, lessons=3)
    enrolled(alice.user, course)
    first, second, _ = lessons_of(course)
    complete(alice, first)
    with statements() as spent:
        complete(alice, second)
    assert not [sql for sql in spent if "notifications_notification" in sql]


def test_enrolling_for_the_first_time_is_told_as_well(alice, course):
    alice.post(f"/api/courses/{course.pk}/enrollment/")
    assert told(alice, "badge") == [("badge", "explorer")]


# --- the way through a course -------------------------------------------------------------------------------------


def test_a_course_welcomes_once_and_says_where_it_begins(alice, course):
    url = f"/api/courses/{course.pk}/enrollment/"
    for _ in range(2):
        alice.post(url)
        alice.delete(url)
        alice.post(url)
    (row,) = Notification.objects.of(alice.user).filter(kind="welcome")
    assert (row.title, row.body) == (
        "Welcome to Stones",
        "It begins with Stones 1. Your place is kept, whenever you come back.",
    )
    assert alice.get(row.url).status_code == 200


def test_a_course_with_nothing_to_read_yet_does_not_welcome(alice, ines):
    empty = a_course(ines.user, lessons=0)
    alice.post(f"/api/courses/{empty.pk}/enrollment/")
    assert told(alice, "welcome") == []


@pytest.mark.parametrize(("lessons", "at_lesson"), [(3, None), (4, 2), (5, 3)])
def test_half_of_a_course_is_told_by_the_lesson_that_makes_it_half_and_of_a_short_one_never(
    clock, alice, ines, lessons, at_lesson
):
    course = a_course(ines.user, lessons=lessons)
    enrolled(alice.user, course)
    half = None
    for n, lesson in enumerate(lessons_of(course), 1):
        complete(alice, lesson)
        if told(alice, "progress") and half is None:
            half = n
    assert half == at_lesson
    assert told(alice, "progress") == ([("progress", f"{course.pk}:half")] if at_lesson else [])


def test_a_lesson_that_is_not_required_does_not_make_it_half(clock, alice, ines):
    course = a_course(ines.user, lessons=4)
    enrolled(alice.user, course)
    first, second, *_ = lessons_of(course)
    further = a_lesson(course.modules.get(), title="Further", is_required=False)
    for lesson in (first, further):
        complete(alice, lesson)
    assert told(alice, "progress") == []
    complete(alice, second)
    assert Notification.objects.get(kind="progress").body == "2 lessons are left."


def test_the_goal_of_the_week_is_told_as_a_goal(clock, alice, ines):
    course = a_course(ines.user, lessons=3)
    enrolled(alice.user, course)
    alice.patch("/api/gamification/settings/", {"daily_goal": 2, "weekly_goal": 3})
    for lesson in lessons_of(course):
        complete(alice, lesson)
    assert told(alice, "goal_reached") == [("goal_reached", "weekly_goal:2026-W11")]


def test_badge_names_are_shown_as_they_are_written(clock, alice, course, at_alice):
    name = "<script>alert('50% off')</script> %(badge)s {{ x }} & \"co\""
    Badge.objects.filter(key="first_steps").update(title=name)
    complete(alice, lessons_of(course)[0])
    assert Notification.objects.get(key="first_steps").title == f"You earned {name}"


# --- levels -----------------------------------------------------------------------------------------------------


def pay(person, amount: int) -> None:
    correct(learner=person.user, amount=amount, reason="a test", by=person.user, at=MORNING)


def test_reaching_a_level_is_told_once_with_the_next_one(alice, course, at_alice):
    Profile.objects.create(learner=alice.user, xp=95)
    complete(alice, lessons_of(course)[0])
    (row,) = Notification.objects.filter(kind="level")
    assert (row.key, row.title, row.body) == ("2", "You reached level 2", "Level 3 begins at 300 XP.")


@pytest.mark.parametrize(("before", "paid", "levels"), [(0, 99, []), (0, 100, ["2"]), (100, 10, []), (0, 700, ["4"])])
def test_only_the_highest_level_that_was_passed_is_told(alice, before, paid, levels):
    Profile.objects.create(learner=alice.user, xp=before)
    pay(alice, paid)
    assert [key for _, key in told(alice, "level")] == levels


def test_a_level_lost_to_a_correction_and_reached_again_is_no_news(alice):
    for amount in (120, -50, 60):
        pay(alice, amount)
    assert told(alice, "level") == [("level", "2")]


def test_what_was_paid_before_reaches_nothing(alice):
    Profile.objects.create(learner=alice.user, xp=95)
    for _ in range(2):
        paid = award(learner=alice.user, rule=Rule.LESSON, source="lesson:1", at=MORNING, day=MORNING.date())
        announce_level(alice.user, paid, at=MORNING)
    assert told(alice) == [("level", "2")]


# --- certificates -----------------------------------------------------------------------------------------------


def test_finishing_a_course_is_told_with_the_way_to_its_certificate(clock, alice, course, at_alice):
    for lesson in lessons_of(course):
        complete(alice, lesson)
    row = Notification.objects.get(kind="certificate")
    certificate = Certificate.objects.get()
    assert (row.title, row.url) == ("You finished Stones", f"/certificates/{certificate.uuid}/")
    assert alice.get(row.url).status_code == 200


def test_the_certificate_of_a_course_with_the_longest_title_is_told(clock, alice, ines):
    course = a_course(ines.user, title="W" * 160, lessons=1)
    enrolled(alice.user, course)
    complete(alice, lessons_of(course)[0])
    assert Notification.objects.get(kind="certificate").title == f"You finished {'W' * 160}"


def test_a_certificate_that_is_issued_again_or_made_by_rebuild_is_told_once(clock, alice, course, at_alice):
    for lesson in lessons_of(course):
        complete(alice, lesson)
    Certificate.objects.all().delete()
    Notification.objects.all().delete()
    rebuild_progress(at=MORNING)
    issue(Enrollment.objects.get(), at=MORNING)
    assert told(alice) == [("certificate", str(Certificate.objects.get().uuid))]


# --- when something goes wrong ----------------------------------------------------------------------------------


@pytest.mark.robust
def test_an_inbox_that_fails_takes_nothing_from_the_learner(clock, alice, course, at_alice, monkeypatch, caplog):
    def refuse(messages, **along):
        Category.objects.create(name="Twice", slug="twice")
        Category.objects.create(name="Twice", slug="twice")

    monkeypatch.setattr("notifications.receivers.tell", refuse)
    with caplog.at_level(logging.CRITICAL, logger="learning.signals"):
        for lesson in lessons_of(course):
            answer = complete(alice, lesson)
    assert {a["key"] for a in answer["new_achievements"]} == {"course_conqueror", "speed_demon"}
    assert EarnedBadge.objects.filter(badge__key="first_steps").exists()
    assert Profile.objects.get().xp == 120
    assert Certificate.objects.count() == 1
    assert {row.kind for row in Notification.objects.all()} == {"badge", "welcome"}  # of the enrolment
    assert told(alice, "badge") == [("badge", "explorer")]
    assert not Category.objects.exists()


@pytest.mark.robust
def test_somebody_else_who_fails_on_the_same_fact_keeps_nothing_from_the_inbox(clock, alice, course, at_alice, caplog):
    @receiver(badges_earned, dispatch_uid="tests.broken")
    @transaction.atomic
    def fail(event, **kwargs):
        raise IntegrityError

    try:
        with caplog.at_level(logging.CRITICAL, logger="learning.signals"):
            complete(alice, lessons_of(course)[0])
    finally:
        badges_earned.disconnect(dispatch_uid="tests.broken")
    assert ("badge", "first_steps") in told(alice)


def test_what_is_rolled_back_was_never_told(clock, alice, course, at_alice):
    before = told(alice)

    def interrupted() -> None:
        with transaction.atomic():
            complete_lesson(enrollment=at_alice, lesson=lessons_of(course)[0], at=MORNING)
            assert told(alice) != before
            raise InterruptedError

    with pytest.raises(InterruptedError):
        interrupted()
    assert told(alice) == before
    assert not EarnedBadge.objects.filter(badge__key="first_steps").exists()


# --- rows -------------------------------------------------------------------------------------------------------


def test_many_rows_are_one_statement_and_only_the_new_ones_come_back(alice, bob):
    notify([a_notification(alice, "1")])
    rows = [a_notification(person, key) for person in (alice, bob) for key in ("1", "2")]
    with statements() as spent:
        new = notify(rows)
    assert len(spent) == 3, shown(spent)  # what they chose to hear, their inboxes, their open pages
    assert {(n.learner_id, n.key) for n in new} == {(alice.user.pk, "2"), (bob.user.pk, "1"), (bob.user.pk, "2")}
    assert {n.pk for n in new} <= set(Notification.objects.values_list("pk", flat=True))
    assert notify([]) == []


def test_the_same_thing_told_again_keeps_the_first_words_and_stays_read(alice):
    notify([a_notification(alice, title="First")])
    read_all(alice.user, at=MORNING)
    assert notify([a_notification(alice, title="Second")]) == []
    row = Notification.objects.get()
    assert (row.title, row.read_at) == ("First", MORNING)


def test_the_database_keeps_one_row_per_thing(alice):
    a_notification(alice).save()
    with pytest.raises(IntegrityError, match="notification"):
        a_notification(alice).save()


@pytest.mark.parametrize(
    "url", ["https://example.org/", "//example.org/", "/\\example.org/", "javascript:alert(1)", "x"]
)
def test_a_notification_leads_nowhere_but_to_this_site(alice, url):
    with pytest.raises(IntegrityError, match="notification_leads_to_this_site"):
        a_notification(alice, url=url).save()
