"""What every answer has, whoever gives it: problems under /api/, the content policy on pages."""

import pytest
from knox.models import AuthToken


def test_an_unknown_address_under_api_is_a_problem_document(db, client):
    answer = client.get("/api/nothing/here/")
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json() == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "There is nothing here.",
        "code": "not_found",
    }


def test_a_refused_form_token_under_api_is_a_problem_document(alice):
    alice.client.handler.enforce_csrf_checks = True
    answer = alice.post("/api/learner/track-lesson/", {})
    assert answer.status_code == 403
    assert answer["Content-Type"] == "application/problem+json"


def test_every_answer_forbids_scripts_and_styles_that_are_not_ours(client):
    policy = client.get("/health/live/")["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "script-src 'self';" in policy + ";"
    assert "style-src 'self';" in policy + ";"
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


def test_only_the_admin_may_evaluate_expressions(db, client):
    policy = client.get("/admin/login/")["Content-Security-Policy"]
    assert "script-src 'self' 'unsafe-eval'" in policy
    assert "'unsafe-inline'" not in policy.split("style-src")[0]


def test_answers_cannot_be_framed_or_sniffed(client):
    answer = client.get("/health/live/")
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["/", "/my-learning/", "/settings/", "/courses/stones/", "/api/me/", "/api/courses/"])
def test_what_a_person_is_shown_is_kept_nowhere(alice, course, path):
    kept = alice.get(path)["Cache-Control"]
    assert "private" in kept
    assert "no-store" in kept


def test_the_same_for_who_comes_with_a_token(anonymous, alice):
    _row, token = AuthToken.objects.create(alice.user)
    assert "no-store" in anonymous.get("/api/courses/", headers={"Authorization": f"Token {token}"})["Cache-Control"]


def test_what_everybody_sees_may_be_kept(anonymous, course):
    assert "Cache-Control" not in anonymous.get("/courses/")
