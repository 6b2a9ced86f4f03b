"""Three challenges a day: fitting, the same on every look, judged from facts, paid once, gone at midnight."""

from __future__ import annotations

import datetime as dt
from random import Random

import pytest
import time_machine
from django.db import IntegrityError, transaction

from gamification.kinds import ChallengeKind
from gamification.models import Challenge, ChallengeTemplate, Profile, XPEntry
from gamification.selectors.challenges import Means
from gamification.services.challenges import challenges_of, pick
from learning.models import LearningSession
from notifications.models import LiveEvent
from tests.builders import a_beat, a_course, a_practice, enrolled, lessons_of

URL = "/api/learner/track-lesson/"
PROFILE = "/api/gamification/profile/"
NOON = dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC)


@pytest.fixture
def clock(alice, course):
    """Alice is at the course, and it is noon on a day in March."""
    enrolled(alice.user, course, at=NOON - dt.timedelta(days=5))
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def given(person) -> list[dict]:
    return person.get(PROFILE).json()["challenges"]


def claim(person, challenge: dict | int):
    pk = challenge if isinstance(challenge, int) else challenge["id"]
    return person.post(f"/api/gamification/challenges/{pk}/claim/")


def only(*keys: str) -> None:
    ChallengeTemplate.objects.exclude(key__in=keys).update(is_active=False)


def test_three_a_day_the_same_on_every_look_and_on_the_dashboard(alice, clock):
    first = given(alice)
    assert len(first) == 3
    assert given(alice) == first == alice.get("/api/learner/dashboard/").json()["challenges"]
    assert all(20 <= c["xp"] <= 50 and c["state"] == "open" and c["current"] == 0 for c in first)
    assert {c["expires_at"] for c in first} == {"2026-03-10T23:00:00Z"}  # midnight in Madrid


def test_what_staff_change_today_changes_tomorrow(alice, clock):
    first = given(alice)
    ChallengeTemplate.objects.update(target=9, xp=50, is_active=False)
    ChallengeTemplate.objects.filter(key="forty_minutes").update(is_active=True)
    assert given(alice) == first
    clock.shift(dt.timedelta(days=1))
    assert [(c["key"], c["target"], c["xp"]) for c in given(alice)] == [("forty_minutes", 9, 50)]


def test_a_challenge_goes_from_open_to_met_to_claimed(alice, course, clock):
    only("two_sessions")
    (challenge,) = given(alice)
    assert claim(alice, challenge).json()["code"] == "not_met"
    one, two = lessons_of(course)
    alice.post(URL, a_beat(one, completed=True))
    assert given(alice)[0]["current"] == 1
    alice.post(URL, a_beat(two, completed=True))
    assert given(alice)[0]["state"] == "met"
    before = Profile.objects.get().xp
    answer = claim(alice, challenge)
    assert answer.status_code == 200
    assert answer.json() == {"xp_awarded": 25, "level": 2, "xp": before + 25}
    assert given(alice)[0]["state"] == "claimed"
    entry = XPEntry.objects.get(rule="challenge_claimed")
    assert (entry.amount, entry.reason, entry.source) == (25, "Twice today", f"challenge:{challenge['id']}")


def test_a_second_claim_pays_nothing_and_says_so(alice, course, clock):
    only("one_session")
    (challenge,) = given(alice)
    alice.post(URL, a_beat(lessons_of(course)[0], completed=True))
    assert claim(alice, challenge).status_code == 200
    again = claim(alice, challenge)
    assert (again.status_code, again.json()["code"]) == (409, "already_claimed")
    assert XPEntry.objects.filter(rule="challenge_claimed").count() == 1


def test_open_pages_are_told_of_a_claim_once(alice, course, clock):
    only("one_session")
    (challenge,) = given(alice)
    alice.post(URL, a_beat(lessons_of(course)[0], completed=True))
    before = LiveEvent.objects.filter(kind="stats").count()
    claim(alice, challenge), claim(alice, challenge)
    assert LiveEvent.objects.filter(kind="stats").count() == before + 1


def test_at_midnight_it_is_gone(alice, course, clock):
    only("one_session")
    (challenge,) = given(alice)
    alice.post(URL, a_beat(lessons_of(course)[0], completed=True))
    clock.move_to(dt.datetime(2026, 3, 10, 23, 0, tzinfo=dt.UTC))
    assert claim(alice, challenge).status_code == 404
    assert given(alice)[0]["id"] != challenge["id"]


def test_somebody_elses_challenge_does_not_exist(alice, bob, clock):
    (challenge, *_) = given(alice)
    assert claim(bob, challenge).status_code == 404
    assert claim(bob, 2**70).status_code == 404


def test_the_client_cannot_say_that_it_is_met(alice, clock):
    (challenge, *_) = given(alice)
    answer = alice.post(f"/api/gamification/challenges/{challenge['id']}/claim/", {"current": 99})
    assert answer.status_code == 400


def test_practice_counts_from_its_score_on(alice, course, clock):
    quiz = a_practice(course.modules.get(), questions=5)
    only("practice_80")
    (challenge,) = given(alice)
    for right in (3, 4):
        attempt = alice.post("/api/practice/", {"lesson": quiz.pk}).json()
        questions = list(quiz.questions.all())
        answers = {str(q.pk): q.choices.get(is_correct=n < right).pk for n, q in enumerate(questions)}
        alice.post(f"/api/practice/{attempt['id']}/finish/", {"answers": answers})
        assert given(alice)[0]["state"] == ("met" if right == 4 else "open")
    assert challenge["target"] == 1


def test_another_course_is_not_the_one_of_last_time(alice, ines, course, clock):
    other = a_course(ines.user, title="Other")
    enrolled(alice.user, other, at=NOON - dt.timedelta(days=5))
    yesterday = NOON - dt.timedelta(days=1)
    one, two = lessons_of(course)
    LearningSession.objects.create(learner=alice.user, lesson=one, day=yesterday.date(), at=yesterday)
    only("other_course")
    assert given(alice)[0]["current"] == 0
    alice.post(URL, a_beat(two, completed=True))
    assert given(alice)[0]["state"] == "open"
    alice.post(URL, a_beat(lessons_of(other)[0], completed=True))
    assert given(alice)[0]["state"] == "met"


def means(**more) -> Means:
    usual = {"courses": 1, "last_course": 1, "has_practice": False, "has_video": False}
    return Means(**{**usual, "usual_sessions": 1.0, "usual_minutes": 10.0, **more})


@pytest.mark.parametrize("seed", range(20))
def test_nobody_is_given_what_they_cannot_do(db, seed):
    templates = list(ChallengeTemplate.objects.all())
    kinds = {t.kind for t in pick(templates, means(courses=0), dice=Random(seed))}
    assert kinds == {ChallengeKind.SESSIONS, ChallengeKind.MINUTES}
    kinds = {t.kind for t in pick(templates, means(), dice=Random(seed))}
    assert kinds == {ChallengeKind.SESSIONS, ChallengeKind.MINUTES, ChallengeKind.QUESTIONS}
    rich = pick(templates, means(has_practice=True, has_video=True, courses=3), dice=Random(seed))
    assert len({t.kind for t in rich}) == 3
    assert {t.kind for t in rich} & {ChallengeKind.SESSIONS, ChallengeKind.MINUTES}


def test_targets_are_near_what_the_learner_usually_does(db):
    templates = ChallengeTemplate.objects.filter(kind__in=["sessions", "minutes"])
    for seed in range(10):
        lazy = pick(templates, means(), dice=Random(seed))
        busy = pick(templates, means(usual_sessions=4.0, usual_minutes=35.0), dice=Random(seed))
        assert {"one_session", "ten_minutes"} <= {t.key for t in lazy}
        assert {"five_sessions", "forty_minutes"} <= {t.key for t in busy}


def test_two_first_looks_give_one_set(alice, clock):
    first = challenges_of(alice.user, at=NOON)
    again = challenges_of(alice.user, at=NOON + dt.timedelta(hours=1))
    assert [c.challenge for c in first] == [c.challenge for c in again]
    row = Challenge.objects.first()
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


@pytest.mark.parametrize("broken", [{"xp": 19}, {"xp": 51}, {"target": 0}, {"score": 101}])
def test_the_table_refuses_what_no_challenge_may_be(db, broken):
    with pytest.raises(IntegrityError), transaction.atomic():
        ChallengeTemplate.objects.create(key="x", title="X", kind="sessions", **broken)
