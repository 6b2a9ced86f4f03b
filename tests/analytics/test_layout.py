"""Cards of My learning: moved, hidden, kept per learner, and never more queries than the page may cost."""

import datetime as dt
import gzip
import re

import pytest
from django.utils import timezone

from analytics.kinds import Card
from analytics.models import DashboardLayout
from gamification.models import ActiveDay, Preferences, Profile
from learning.models import User, ZoneChange
from tests.builders import a_course, enrolled, lessons_of
from tests.conformance.budgets import shown, statements

ACT = "/my-learning/cards/arrange/"


def cards(person):
    return re.findall(r' data-card="(\w+)"', person.get("/my-learning/").content.decode())


def acts(person, *words):
    for act in words:
        assert person.client.post(ACT, {"act": act}).status_code == 302


def test_the_page_begins_with_all_cards_and_the_streak(alice):
    assert cards(alice) == Card.values


def test_what_a_learner_moves_and_hides_stays_so_for_them_alone(alice, bob):
    acts(alice, "up:streak", "up:streak", "hide:badges", "down:today")
    assert cards(alice) == ["challenges", "today", "streak", "figures", "activity", "courses"]
    assert cards(bob) == Card.values


def test_a_second_click_changes_nothing_where_nothing_is_left_to_do(alice):
    acts(alice, "up:today", "down:courses", "hide:streak", "hide:streak")
    assert DashboardLayout.objects.get().hidden == ["streak"]
    assert cards(alice) == [card for card in Card.values if card != "streak"]
    acts(alice, "show:streak", "show:streak")
    assert cards(alice) == Card.values


def test_reset_brings_the_page_of_the_beginning(alice):
    acts(alice, "down:today", "hide:courses", "reset", "reset")
    assert cards(alice) == Card.values
    assert not DashboardLayout.objects.exists()


@pytest.mark.parametrize("act", ["", "up", "up:nothing", "sideways:today", "hide:continue"])
def test_what_is_no_act_is_refused(alice, act):
    assert alice.client.post(ACT, {"act": act}).status_code == 400
    assert not DashboardLayout.objects.exists()


def test_cards_of_another_version_are_passed_over_and_new_ones_take_their_place(alice):
    DashboardLayout.objects.create(learner=alice.user, order=["courses", "gone", "today", "courses"], hidden=["gone"])
    assert cards(alice) == ["courses", "today", "challenges", "badges", "figures", "activity", "streak"]


def test_everything_hidden_leaves_where_to_go_on(alice, course, at_alice):
    acts(alice, *(f"hide:{card}" for card in Card.values))
    page = alice.get("/my-learning/").content.decode()
    assert cards(alice) == []
    assert "Arrange this page" in page
    assert 'data-live="continue"' in page


def test_what_is_switched_off_is_no_card(alice):
    Preferences.objects.create(learner=alice.user, streaks=False, badges=False, challenges=False)
    assert cards(alice) == ["today", "figures", "activity", "courses"]


def test_twenty_courses_a_move_and_a_streak_from_yesterday_cost_twelve_queries_and_few_bytes(alice, ines):
    for n in range(20):
        made = a_course(ines.user, title=f"Course {n}", lessons=3)
        enrolled(alice.user, made)
        first = lessons_of(made)[0]
    beat = {"lesson": first.pk, "client_session": "0b0c2f0e-3c55-4a7e-9d4e-111111111111", "seq": 1, "seconds": 5}
    assert alice.post("/api/learner/track-lesson/", {**beat, "completed": True}).status_code == 200
    yesterday = alice.user.day_at(timezone.now()) - dt.timedelta(days=1)
    ActiveDay.objects.update(day=yesterday)
    ZoneChange.objects.create(
        learner=alice.user, old_zone="UTC", new_zone="Europe/Madrid", effective_at=timezone.now() - dt.timedelta(days=9)
    )
    User.objects.filter(pk=alice.user.pk).update(time_zone_from=timezone.now() - dt.timedelta(days=9))
    Profile.objects.update(run=1, last_active_day=yesterday, begun_on=yesterday)
    with statements() as spent:
        page = alice.get("/my-learning/")
    assert len(spent) <= 12, shown(spent)
    assert len(gzip.compress(page.content)) < 60_000
