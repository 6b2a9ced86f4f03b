"""Who stands on an instructor's board, in which order, and who does not."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from chat.kinds import Role
from chat.models import Conversation, Message
from gamification.models import Badge, EarnedBadge
from learning.models import Enrollment, User
from tests.builders import a_user, enrolled

DAY = dt.timedelta(days=1)


def asks(person, course, times):
    talk = Conversation.objects.create(course=course, asker=person, title="Why?", last_message_at=timezone.now())
    for _ in range(times):
        Message.objects.create(
            conversation=talk,
            course=course,
            asker=person,
            role=Role.USER,
            content="Why?",
            client_message_id=uuid.uuid4(),
        )


@pytest.fixture
def six(ines, course):
    """Ada finished in 4 days, Ben in 2; Cy studied most and asked most; Dee hides, Eve left, and Ines tries her course."""
    now = timezone.now()
    said = {
        # name: seconds, days until finished, days since the last visit, questions
        "Ada": (600, 4, 1, 1),
        "Ben": (500, 2, 3, 0),
        "Cy": (900, None, 2, 3),
        "Dee": (9000, 1, 0, 9),
        "Eve": (9000, 1, 0, 9),
    }
    people = {name: a_user(f"{name.lower()}@example.org", name=name) for name in said} | {"Ines": ines.user}
    for name, (seconds, finished, away, questions) in (said | {"Ines": (9000, 1, 0, 9)}).items():
        place = enrolled(people[name], course, at=now - 20 * DAY)
        Enrollment.objects.filter(pk=place.pk).update(
            seconds=seconds,
            last_accessed_at=now - away * DAY,
            completed_at=finished and place.started_at + finished * DAY,
            left_at=now if name == "Eve" else None,
        )
        asks(people[name], course, questions)
    User.objects.filter(pk=people["Dee"].pk).update(detailed_tracking=False)
    held = EarnedBadge.objects.filter(learner=people["Ada"]).values("badge")
    for badge in Badge.objects.exclude(pk__in=held).order_by("pk")[:2]:
        EarnedBadge.objects.create(learner=people["Ada"], badge=badge, earned_at=now)
    return people


def board(person, course, sort):
    return person.get(f"/api/instructor/courses/{course.pk}/students/top/", {"sort": sort}).json()["students"]


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        ("fastest", ["Ben", "Ada"]),  # who has not finished was not fast
        ("engaged", ["Cy", "Ada", "Ben"]),
        ("questions", ["Cy", "Ada"]),
        ("recent", ["Ada", "Cy", "Ben"]),
    ],
)
def test_each_order_has_its_first_and_leaves_out_who_hides_who_left_and_who_teaches(ines, course, six, sort, names):
    assert [one["name"] for one in board(ines, course, sort)] == names


def test_what_is_said_of_each_is_theirs(ines, course, six):
    ada = next(one for one in board(ines, course, "engaged") if one["name"] == "Ada")
    assert (ada["id"], ada["days_to_complete"], ada["questions"]) == (six["Ada"].pk, 4.0, 1)
    cy = board(ines, course, "questions")[0]
    assert (cy["days_to_complete"], cy["questions"]) == (None, 3)
    assert ada["badges"] - cy["badges"] == 2


def test_among_equals_the_first_stay_the_first(ines, course, db):
    people = [a_user(f"p{n}@example.org", name=f"P{n}") for n in range(30)]
    for person in reversed(people):
        enrolled(person, course)
    Enrollment.objects.update(seconds=60, last_accessed_at=timezone.now())
    for sort in ("engaged", "recent"):
        names = [one["name"] for one in board(ines, course, sort)]
        assert names == [f"P{n}" for n in range(len(names))]
        assert names
