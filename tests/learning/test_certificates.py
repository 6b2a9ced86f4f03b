"""Anybody may ask whether a certificate is real."""

from __future__ import annotations

import uuid

import pytest
from django.utils import timezone

from learning.models import Certificate


@pytest.fixture
def certificate(at_alice):
    return Certificate.objects.create(
        enrollment=at_alice, learner_name="Alice", course_title="Stones", issued_at=timezone.now()
    )


def ask(person, number):
    return person.get(f"/api/certificates/{number}/")


def test_a_real_one_is_valid_and_says_for_what(anonymous, certificate):
    body = ask(anonymous, certificate.uuid).json()
    assert body == {
        "valid": True,
        "status": "valid",
        "name": "Alice",
        "course": "Stones",
        "issued_at": body["issued_at"],
    }


def test_a_revoked_one_says_so(anonymous, certificate):
    Certificate.objects.update(revoked_at=timezone.now())
    body = ask(anonymous, certificate.uuid).json()
    assert (body["valid"], body["status"]) == (False, "revoked")


def test_the_name_is_the_one_of_that_day(anonymous, alice, certificate):
    alice.patch("/api/me/", {"display_name": "Somebody else"})
    assert ask(anonymous, certificate.uuid).json()["name"] == "Alice"


@pytest.mark.parametrize("number", [uuid.uuid4(), "1", "not-a-uuid", "00000000-0000-0000-0000-00000000000g", "%00"])
def test_what_is_none_is_404(anonymous, certificate, number):
    assert ask(anonymous, number).status_code == 404
