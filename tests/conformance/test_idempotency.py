"""Every POST of the API can be sent again: under an Idempotency-Key, or because what it does has a key of its own."""

from __future__ import annotations

import datetime as dt
import signal
from dataclasses import dataclass
from typing import Any

import pytest
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator

from gamification.models import ChallengeTemplate, Pause
from learning.models import KeptAnswer, PracticeAttempt
from notifications.models import Announcement
from tests import processes
from tests.builders import Person, a_beat, a_course, a_practice, a_user, enrolled, lessons_of
from tests.flows.test_races import at_once, browser

TIMES = 100
HEADER = "Idempotency-Key"
# What takes no Idempotency-Key, and what makes a repeat harmless instead.
WITHOUT = {
    "/api/auth/token/": "the answer is a secret, which is stored nowhere; a token more harms nobody",
    "/api/courses/{course}/enrollment/": "a person has one place in a course",
    "/api/instructor/courses/{course}/students/{student}/encourage/": "one message of a kind a day reaches a learner",
    "/api/instructor/courses/{course}/students/{student}/offer-help/": "one message of a kind a day reaches a learner",
    "/api/instructor/courses/{course}/students/{student}/flags/{id}/snooze/": "a flag is put off until a day once",
    "/api/instructor/courses/{course}/students/{student}/flags/{id}/dismiss/": "what is dismissed stays dismissed",
    "/api/learner/hints/{id}/away/": "what is answered is no hint any more, and a vacation overlaps no other",
    "/api/learner/track-lesson/": "each beat has the number of its tab",
    "/api/chat/sessions/": "client_message_id",
    "/api/chat/sessions/{id}/messages/": "client_message_id",
    "/api/chat/messages/{id}/feedback/": "it sets a value, and again the same one",
    "/api/devices/register/": "a subscription, or a token, is one device",
    "/api/sms/inbound/": "a consent that was withdrawn stays so",
    "/api/chat/messages/{id}/ask-instructor/": "what is sent stays sent",
    "/api/instructor/courses/{course}/ai-analytics/questions/{id}/answer/": "one answer stands, and again the same one",
    "/api/notifications/{id}/read/": "what is read stays read",
}


@dataclass(frozen=True)
class Case:
    """A request, and another one to the same address."""

    path: str
    body: Any
    other: Any


def posts() -> dict[str, bool]:
    """Each address of the API that takes a POST, and whether it says that it takes a key."""
    schema = SchemaGenerator().get_schema(request=None, public=True)
    return {
        path: HEADER in {p["name"] for p in methods["post"].get("parameters", [])}
        for path, methods in schema["paths"].items()
        if "post" in methods
    }


KEYED = sorted(path for path, takes_a_key in posts().items() if takes_a_key)


@pytest.fixture
def case(request, alice, course) -> Case:
    """The request to the address that the test is about."""
    return MAKERS[request.param](alice, course)


def a_start(alice: Person, course: Any) -> Case:
    quizzes = [a_practice(course.modules.get(), title=f"Quiz {n}").pk for n in range(2)]
    enrolled(alice.user, course)
    return Case("/api/practice/", {"lesson": quizzes[0]}, {"lesson": quizzes[1]})


def a_finish(alice: Person, course: Any) -> Case:
    quiz = a_practice(course.modules.get())
    enrolled(alice.user, course)
    attempt = alice.post("/api/practice/", {"lesson": quiz.pk}).json()
    right = {str(q.pk): q.choices.get(is_correct=True).pk for q in quiz.questions.all()}
    return Case(f"/api/practice/{attempt['id']}/finish/", {"answers": right}, {"answers": {}})


def a_claim(alice: Person, course: Any) -> Case:
    enrolled(alice.user, course)
    ChallengeTemplate.objects.exclude(key="one_session").update(is_active=False)
    alice.post("/api/learner/track-lesson/", a_beat(lessons_of(course)[0], seconds=1, completed=True))
    (challenge,) = alice.get("/api/gamification/profile/").json()["challenges"]
    return Case(f"/api/gamification/challenges/{challenge['id']}/claim/", {}, {"twice": True})


def a_note(alice: Person, course: Any) -> Case:
    own = a_course(alice.user, title="Alice's own")
    learner = enrolled(a_user("learner@example.org"), own).learner
    return Case(f"/api/instructor/courses/{own.pk}/students/{learner.pk}/notes/", {"note": "One"}, {"note": "Another"})


def a_vacation(alice: Person, course: Any) -> Case:
    days = [str(timezone.now().date() + dt.timedelta(days=n)) for n in (10, 12, 14)]
    one, other = ({"first_day": days[0], "last_day": day} for day in days[1:])
    return Case("/api/gamification/vacations/", one, other)


def a_reading(alice: Person, course: Any) -> Case:
    return Case("/api/notifications/read-all/", {}, {"twice": True})


def an_announcement(alice: Person, course: Any) -> Case:
    type(alice.user).objects.filter(pk=alice.user.pk).update(is_superuser=True)
    body = {"kind": "announcement", "course": course.pk, "context": {"title": "Soon", "message": "At nine."}}
    return Case("/api/notifications/send/", body, {**body, "user": alice.user.pk})


MAKERS = {
    "/api/instructor/courses/{course}/students/{student}/notes/": a_note,
    "/api/practice/": a_start,
    "/api/practice/{id}/finish/": a_finish,
    "/api/gamification/challenges/{id}/claim/": a_claim,
    "/api/gamification/vacations/": a_vacation,
    "/api/notifications/read-all/": a_reading,
    "/api/notifications/send/": an_announcement,
}


def test_every_post_takes_a_key_or_needs_none():
    assert {path for path, takes_a_key in posts().items() if not takes_a_key} == set(WITHOUT)
    assert set(KEYED) == set(MAKERS)


def told(answer: Any) -> tuple[int, str, bytes]:
    return answer.status_code, answer["Content-Type"], answer.content


@pytest.mark.django_db
@pytest.mark.parametrize("case", KEYED, indirect=True)
def test_a_hundred_times_the_same_is_answered_a_hundred_times_the_same(alice, case):
    answers = [alice.post(case.path, case.body, headers={HEADER: "a-key"}) for _ in range(TIMES)]
    same = sum(told(answer) == told(answers[0]) for answer in answers)
    print(f"G5 {case.path} status={answers[0].status_code} same={same} of={TIMES}")
    assert answers[0].status_code in {200, 201, 202}
    assert same == TIMES
    assert alice.post(case.path, case.other, headers={HEADER: "a-key"}).status_code == 422
    assert KeptAnswer.objects.count() == 1


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.parametrize("case", KEYED, indirect=True)
def test_of_many_at_once_one_acts_and_all_are_answered_alike(alice, case):
    clients = [browser(alice.user) for _ in range(16)]
    sent = {"content_type": "application/json", "headers": {HEADER: "a-key"}}
    answers = at_once(16, lambda k: clients[k].post(case.path, case.body, **sent))
    waiting = [a for a in answers if a.status_code == 409]
    assert {a.json()["code"] for a in waiting} <= {"still_at_work"}
    assert len({told(a) for a in answers if a not in waiting}) == 1
    assert {a.status_code for a in answers} <= {200, 201, 202, 409}
    assert KeptAnswer.objects.count() == 1
    assert max(PracticeAttempt.objects.count(), Pause.objects.count(), Announcement.objects.count()) <= 1


DIES = """
import os, signal, sys
from gamification.api import settings as views
from gamification.services.pauses import plan_vacation
from learning.models import User
from tests.builders import Person

def written_and_then_killed(**asked):
    plan_vacation(**asked)
    os.kill(os.getpid(), signal.SIGKILL)

views.plan_vacation = written_and_then_killed
path, first, last, key = sys.stdin.readline().split()
alice = Person(User.objects.get(email="alice@example.org"))
alice.post(path, {"first_day": first, "last_day": last}, headers={"Idempotency-Key": key})
"""


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.parametrize("case", ["/api/gamification/vacations/"], indirect=True)
def test_a_process_that_is_killed_in_the_middle_leaves_nothing_and_the_key_can_be_used(alice, case):
    killed = processes.start(DIES)
    out = killed.communicate(f"{case.path} {case.body['first_day']} {case.body['last_day']} a-key\n", timeout=60)
    assert killed.returncode == -signal.SIGKILL, out
    assert not Pause.objects.exists()
    answers = [alice.post(case.path, case.body, headers={HEADER: "a-key"}) for _ in range(2)]
    assert [a.status_code for a in answers] == [201, 201]
    assert Pause.objects.count() == 1
