"""Facts: said inside the transaction, heard by receivers that can't spoil one another."""

from __future__ import annotations

import logging

import pytest
from django.db import IntegrityError
from django.dispatch import receiver

from learning.models import Category, LessonProgress
from learning.signals import lesson_completed
from tests.builders import a_beat, lessons_of

URL = "/api/learner/track-lesson/"


@pytest.fixture
def broken():
    """A receiver that writes what the database refuses."""

    @receiver(lesson_completed, dispatch_uid="tests.broken")
    def fail(event, **kwargs):
        from django.db import transaction

        with transaction.atomic():
            Category.objects.create(name="Twice", slug="twice")
            Category.objects.create(name="Twice", slug="twice")

    yield
    lesson_completed.disconnect(dispatch_uid="tests.broken")


@pytest.mark.robust
def test_a_receiver_that_fails_takes_nothing_from_the_learner(broken, alice, course, at_alice, caplog):
    with caplog.at_level(logging.CRITICAL, logger="learning.signals"):
        answer = alice.post(URL, a_beat(lessons_of(course)[0], completed=True))
    assert answer.status_code == 200
    assert (answer.json()["xp_awarded"], answer.json()["streak"]) == (10, 1)
    assert LessonProgress.objects.exclude(completed_at=None).count() == 1
    assert not Category.objects.exists()


def test_in_tests_a_receiver_that_fails_is_heard(broken, alice, course, at_alice):
    with pytest.raises(IntegrityError):
        alice.post(URL, a_beat(lessons_of(course)[0], completed=True))
