"""What exists for requests that are drawn at random: ids for the places of addresses, values for fields that name things."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from random import Random
from typing import Any

from django.utils import timezone

from analytics.models import RiskFlag
from analytics.services import care
from chat.models import Conversation, Message
from learning.models import Certificate, Course
from learning.services.certificates import issue
from notifications.models import Device
from tests.builders import PASSWORD, Person, a_beat, a_practice, lessons_of

TALKS = 200  # each can be deleted only once


class Known:
    """Per operation or per name of a field: something that makes the request mean something."""

    def __init__(self) -> None:
        self.often = 0.8  # how often what was drawn gives way to something that exists
        self.bodies: dict[str, Callable[[Random], Any]] = {}
        self.places: dict[str, list[Any]] = {}
        self.fields: dict[str, list[Any]] = {}
        self.queries: dict[str, list[Any]] = {}

    def fill(self, case: Any, chance: Random) -> None:
        """Put what exists into the places of the address, and into the body and query what they ask for."""
        self.fill_address(case, chance)
        if (make := self.bodies.get(case.operation.label)) and chance.random() < self.often:
            case.body = make(chance)
        elif isinstance(case.body, dict):
            self._swap(case.body, self.fields, chance)
        if isinstance(case.query, dict):
            self._swap(case.query, self.queries, chance)

    def fill_address(self, case: Any, chance: Random) -> None:
        """Put what exists into the places of the address."""
        for name in case.path_parameters or {}:
            if chance.random() < self.often:
                choices = self.places.get(f"{case.operation.path} {name}") or self.places.get(name)
                if choices:
                    case.path_parameters[name] = chance.choice(choices)

    def _swap(self, members: dict[str, Any], known: dict[str, list[Any]], chance: Random) -> None:
        for name in sorted(members.keys() & known.keys()):
            if chance.random() < self.often:
                members[name] = chance.choice(known[name])


def a_world(alice: Person, ines: Person, course: Course) -> Known:
    """Alice at work in Ines's course: read, practised, certified."""
    quiz = a_practice(course.modules.get())
    lessons = [lesson.pk for lesson in lessons_of(course)]
    alice.post("/api/learner/track-lesson/", a_beat(lessons[0], completed=True))
    attempt = alice.post("/api/practice/", {"lesson": quiz.pk}).json()
    issue(alice.user.enrollments.get(), at=alice.user.enrollments.get().started_at)

    day = timezone.localdate()
    vacation = {"first_day": str(day + dt.timedelta(days=20)), "last_day": str(day + dt.timedelta(days=22))}
    planned = alice.post("/api/gamification/vacations/", vacation).json()

    question = {"course": course.pk, "content": "What is in the first lesson?", "client_message_id": str(uuid.uuid4())}
    talk = alice.post("/api/chat/sessions/", question).json()
    Message.objects.filter(pk=talk["messages"][0]["id"]).update(sent_to_instructor_at=timezone.now())
    talks = Conversation.objects.bulk_create(
        Conversation(course=course, asker=alice.user, title=f"Talk {n}", last_message_at=timezone.now())
        for n in range(TALKS)
    )

    devices = Device.objects.bulk_create(
        Device(person=alice.user, platform="ios", digest=f"app {n}", token="t", created_at=timezone.now())
        for n in range(3)
    )

    flag = RiskFlag.objects.create(
        course=course, learner=alice.user, reason="stuck", since=day, raised_on=day, shown_from=day
    )
    whose = {"enrollment": alice.user.enrollments.get(), "by": ines.user, "at": timezone.now()}
    note = care.note(**whose, text="Ask her on Monday.", is_action_item=True)

    known = Known()
    known.places = {
        "/api/instructor/courses/{course}/students/{student}/flags/{id}/dismiss/ id": [flag.pk],
        "/api/instructor/courses/{course}/students/{student}/flags/{id}/snooze/ id": [flag.pk],
        "/api/instructor/courses/{course}/students/{student}/notes/{id}/ id": [note.pk],
        "/api/learner/hints/{id}/away/ id": [flag.pk],
        "/api/devices/{id}/ id": [one.pk for one in devices],
        "course": [course.pk],
        "lesson": lessons,
        "certificate": [str(pk) for pk in Certificate.objects.values_list("uuid", flat=True)],
        "student": list(course.enrollments.values_list("learner_id", flat=True)),
        "/api/practice/{id}/finish/ id": [attempt["id"]],
        "/api/chat/sessions/{id}/ id": [str(one.pk) for one in talks],
        "/api/chat/sessions/{id}/messages/ id": [talk["id"]],
        "/api/chat/messages/{id}/ask-instructor/ id": [talk["messages"][1]["id"]],
        "/api/chat/messages/{id}/feedback/ id": [talk["messages"][1]["id"]],
        "/api/instructor/courses/{course}/ai-analytics/questions/{id}/answer/ id": [talk["messages"][0]["id"]],
        "/api/gamification/vacations/{id}/ id": [planned["id"]],
        "/api/notifications/{id}/read/ id": list(alice.user.notifications.values_list("pk", flat=True)),
    }
    known.fields = {
        "course": [course.pk],
        "lesson": lessons,
        "time_zone": ["Europe/Madrid"],
        "email": [alice.user.email],
    }
    known.queries = {
        "course": [course.pk],
        "category": [""],
        "page": [1],
        "cursor": [""],
        "ordering": ["title"],
        "query": ["lesson"],
    }
    known.bodies = {
        "POST /api/gamification/vacations/": lambda chance: dict.fromkeys(
            ["first_day", "last_day"], str(day + dt.timedelta(days=chance.randint(30, 200)))
        ),
        "POST /api/auth/token/": lambda _: {"email": alice.user.email, "password": PASSWORD},
        "POST /api/instructor/courses/{course}/ai-analytics/questions/{id}/answer/": lambda _: {"text": "Like this."},
        "PATCH /api/instructor/courses/{course}/students/{student}/notes/{id}/": lambda _: {"done": True},
        "POST /api/instructor/courses/{course}/students/{student}/flags/{id}/snooze/": lambda chance: {
            "until": str(day + dt.timedelta(days=chance.randint(2, 20)))
        },
        "POST /api/learner/hints/{id}/away/": lambda chance: {
            "until": str(day + dt.timedelta(days=chance.randint(2, 7)))
        },
        "POST /api/learner/track-lesson/": lambda chance: a_beat(
            chance.choice(lessons), seq=chance.randint(1, 99), session=str(uuid.UUID(int=chance.getrandbits(128)))
        ),
        "POST /api/notifications/send/": lambda _: {
            "kind": "announcement",
            "course": course.pk,
            "context": {"title": "Soon", "message": "At nine."},
        },
        "POST /api/practice/": lambda _: {"lesson": quiz.pk},
        "POST /api/practice/{id}/finish/": lambda chance: {
            "answers": {str(q["id"]): chance.choice(q["choices"])["id"] for q in attempt["questions"]}
        },
    }
    return known
