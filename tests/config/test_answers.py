"""What every answer has, whoever gives it: problems under /api/, the content policy on pages."""

from urllib.parse import urljoin, urlsplit

import pytest
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client, RequestFactory
from knox.models import AuthToken

from tests.builders import PASSWORD


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


def test_the_head_of_a_page_has_its_length_and_no_body(db):
    found = {}
    for method in ("GET", "HEAD"):
        asked = RequestFactory().generic(method, "/accounts/login/", HTTP_HOST="testserver").environ
        body = b"".join(WSGIHandler()(asked, lambda status, headers, m=method: found.update({m: dict(headers)})))
        assert bool(body) == (method == "GET")
        assert found[method]["Content-Length"] == str(len(body) or found["GET"]["Content-Length"])


@pytest.mark.parametrize("path", ["/courses/stones/enrol/", "/my-learning/cards/arrange/"])
def test_the_address_of_a_form_is_a_page_for_whoever_opens_it(alice, course, path):
    answer = alice.get(path)
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "only takes what a form sends" in answer.content.decode()


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


EVERYWHERE = [
    ("/", 200),
    ("/nothing/", 404),
    ("/api/nothing/", 404),
    ("/api/courses/", 200),
    ("/health/live/", 200),
    ("/favicon.ico", 302),
    ("/admin/login/", 302),
    ("/static/css/tokens.css", 200),
    ("/static/nothing.css", 404),
]


@pytest.mark.parametrize(("path", "status"), EVERYWHERE)
def test_every_kind_of_answer_tells_browsers_what_not_to_do(db, settings, path, status):
    settings.MIDDLEWARE = [
        *settings.MIDDLEWARE[:4],
        "whitenoise.middleware.WhiteNoiseMiddleware",
        *settings.MIDDLEWARE[4:],
    ]
    settings.SECURE_HSTS_SECONDS = 31_536_000
    answer = Client(raise_request_exception=False).get(path, secure=True)
    assert answer.status_code == status
    answer.close()
    assert safe_headers(answer) == []


def safe_headers(answer):
    """The headers that are missing."""
    wanted = {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=()",
        "Content-Security-Policy": "frame-ancestors 'none'",
        "Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload",
        "X-Request-ID": "",
    }
    return [name for name, value in wanted.items() if value not in answer.headers.get(name, "missing")]


def test_a_crash_and_a_refused_host_carry_them_too(db, settings, monkeypatch):
    settings.SECURE_HSTS_SECONDS = 31_536_000
    browser = Client(raise_request_exception=False)
    refused = browser.get("/", secure=True, headers={"Host": "evil.example"})
    assert (refused.status_code, safe_headers(refused)) == (400, [])
    monkeypatch.setattr("learning.views.pages.render", None)
    crashed = browser.get("/help/", secure=True)
    assert (crashed.status_code, safe_headers(crashed)) == (500, [])


HOSTS = [
    "evil.example",
    "localhost,evil.example",
    "localhost evil.example",
    "localhost@evil.example",
    "evil.example:80",
    "",
]


@pytest.mark.parametrize("host", HOSTS)
def test_another_host_is_400_and_a_problem_under_api(client, db, host):
    assert client.get("/accounts/password/reset/", headers={"Host": host}).status_code == 400
    answer = client.get("/api/courses/", headers={"Host": host})
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


def test_a_forwarded_host_does_not_reach_a_mail(alice, anonymous, django_capture_on_commit_callbacks):
    from learning.models import Outbox

    sent = {"X-Forwarded-Host": "evil.example", "X-Host": "evil.example", "Forwarded": "host=evil.example"}
    anonymous.submit("/accounts/password/reset/", {"email": alice.user.email}, headers=sent)
    rows = [str(row.payload) for row in Outbox.objects.all()]
    assert any("password/reset/key" in row for row in rows)
    assert not any("evil.example" in row for row in rows)


def test_changing_the_password_ends_the_other_sessions(alice):
    elsewhere = Client()
    assert elsewhere.login(username=alice.user.email, password=PASSWORD)
    assert elsewhere.get("/my-learning/").status_code == 200
    changed = {"oldpassword": PASSWORD, "password1": "another-good-long-one", "password2": "another-good-long-one"}
    assert alice.submit("/accounts/password/change/", changed).status_code == 302
    assert elsewhere.get("/my-learning/").status_code == 302


def test_signing_in_changes_the_key_of_the_session(db, alice):
    browser = Client()
    browser.get("/accounts/login/")
    session = browser.session
    session["planted"] = "by somebody else"
    session.save()
    browser.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    browser.post("/accounts/login/", {"login": alice.user.email, "password": PASSWORD})
    assert browser.get("/my-learning/").status_code == 200
    assert browser.session.session_key != session.session_key


REDIRECTS = [
    "//evil.example", "///evil.example", "////evil.example", "https://evil.example", "https:evil.example", "https:/evil.example",
    "http:///evil.example", "\\\\evil.example", "/\\evil.example", "\\/evil.example", "/\\/evil.example", "//evil.example@localhost",
    "//localhost@evil.example", "https://localhost@evil.example", "https://localhost.evil.example", "//evil%2eexample",
    "/%09/evil.example", "\t//evil.example", "/\t/evil.example", "/\n/evil.example", " //evil.example", "javascript:alert(1)",
    "JaVaScRiPt:alert(1)", "data:text/html,x", "ftp://evil.example", "https://evil。example", "//evil.example/..;/", "?next=//evil.example",
    "/..//evil.example", "http:evil.example", "//[::ffff:1.2.3.4]", "//0x7f.1", "https://\u2025evil.example", "/;@evil.example",
]  # fmt: skip


@pytest.mark.parametrize("wanted", REDIRECTS)
def test_a_form_leads_nowhere_else(alice, anonymous, course, wanted):
    entered = anonymous.submit("/accounts/login/", {"login": alice.user.email, "password": PASSWORD, "next": wanted})
    left = alice.submit("/accounts/logout/", {"next": wanted})
    alice.client.force_login(alice.user, backend="django.contrib.auth.backends.ModelBackend")
    enrolled = alice.submit(f"/courses/{course.slug}/enrol/", {"next": wanted})
    for answer in (entered, left, enrolled):
        where = urljoin("http://testserver/here/", answer.headers.get("Location", "/").strip().replace("\\", "/"))
        assert urlsplit(where).netloc == "testserver", where
        assert urlsplit(where).scheme == "http"
