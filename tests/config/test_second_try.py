"""When PostgreSQL ends a connection in the middle of a request, whoever may be asked twice is answered all the same."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator

import pytest
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from psycopg.errors import AdminShutdown, QueryCanceled
from rest_framework.request import Request
from rest_framework.response import Response

from config.second_try import SecondTryHandler
from learning.api.base import ApiView
from learning.api.idempotency import idempotent
from learning.models import StudyTime
from tests.builders import a_beat, lessons_of

ENDS: Iterator[Exception | None] = iter(())
ASKED: list[str] = []


def fail() -> None:
    """What the test wants to happen at this request."""
    error = next(ENDS, None)
    if error:
        raise OperationalError("the connection is gone") from error


def page(request: HttpRequest) -> HttpResponse:
    ASKED.append(request.method or "")
    fail()
    return HttpResponse("here")


class Plain(ApiView):
    policies = "account.read"
    permission_classes = ()

    def post(self, request: Request) -> Response:
        ASKED.append(json.dumps(request.data))
        fail()
        return Response({"got": request.data})


class Harmless(Plain):
    repeat_is_harmless = True


class Keyed(Plain):
    @idempotent
    def post(self, request: Request) -> Response:
        return Plain.post(self, request)


urlpatterns = [
    path("page/", page),
    path("api/plain/", Plain.as_view()),
    path("api/harmless/", Harmless.as_view()),
    path("api/keyed/", Keyed.as_view()),
    path("", include("config.urls")),
]


@pytest.fixture(autouse=True)
def forget(settings):
    settings.ROOT_URLCONF = __name__
    ASKED.clear()


def ends(*errors: Exception | None) -> None:
    global ENDS
    ENDS = iter(errors)


def ask(method: str, path: str, body: object = None, *, session: str = "", **meta: str) -> tuple[int, str]:
    """A request through the handler that production has; status and body."""
    sent = json.dumps(body).encode() if body is not None else b""
    environ = {
        "REQUEST_METHOD": method, "PATH_INFO": path, "SERVER_NAME": "testserver", "SERVER_PORT": "80",
        "HTTP_HOST": "testserver", "wsgi.input": io.BytesIO(sent), "wsgi.url_scheme": "http",
        "CONTENT_LENGTH": str(len(sent)), "CONTENT_TYPE": "application/json" if sent else "",
        "HTTP_COOKIE": f"sessionid={session}; csrftoken={'c' * 32}", "HTTP_X_CSRFTOKEN": "c" * 32, **meta,
    }  # fmt: skip
    said: list[str] = []
    answer = SecondTryHandler()(environ, lambda status, headers: said.append(status))
    return int(said[0].split()[0]), b"".join(answer).decode()


@pytest.mark.django_db
def test_a_page_is_asked_a_second_time():
    ends(AdminShutdown("terminating connection"))
    assert ask("GET", "/page/") == (200, "here")
    assert ASKED == ["GET", "GET"]


@pytest.mark.django_db
def test_and_not_a_third_time():
    ends(AdminShutdown("terminating connection"), AdminShutdown("again"))
    assert ask("GET", "/page/")[0] == 500
    assert len(ASKED) == 2


@pytest.mark.django_db
@pytest.mark.parametrize("error", [QueryCanceled("too slow"), OSError("none of PostgreSQL's")])
def test_what_is_no_lost_connection_fails_at_once(error):
    ends(error)
    assert ask("GET", "/page/")[0] == 500
    assert ASKED == ["GET"]


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_what_changes_something_is_asked_again_only_where_that_is_harmless(alice):
    session, body = alice.client.session.session_key, {"of": "mine"}
    statuses = {}
    for name, meta in {"plain": {}, "harmless": {}, "keyed": {"HTTP_IDEMPOTENCY_KEY": "k"}, "page": {}}.items():
        ends(AdminShutdown("terminating connection"))
        where = "/page/" if name == "page" else f"/api/{name}/"
        statuses[name] = ask("POST", where, body, session=session, **meta)[0]
    assert statuses == {"plain": 500, "harmless": 200, "keyed": 200, "page": 500}
    times = [ASKED.count(json.dumps(body)), ASKED.count("POST")]
    assert times == [1 + 2 + 2, 1]
    ends(AdminShutdown("terminating connection"))
    assert ask("POST", "/api/keyed/", body, session=session)[0] == 500  # takes a key, and came without


@pytest.fixture
def a_connection_that_ends():
    """The next beat finds that its connection has been ended by the server."""
    if connection.vendor != "postgresql":
        pytest.skip("only a server ends connections")

    def end() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            pid = cursor.fetchone()[0]
        other = connection.copy()
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
        other.close()

    return end


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_beat_whose_connection_the_server_ends_is_counted_once(alice, at_alice, a_connection_that_ends):
    session, beat = alice.client.session.session_key, a_beat(lessons_of(at_alice.course)[0])
    a_connection_that_ends()
    status, answer = ask("POST", "/api/learner/track-lesson/", beat, session=session)
    assert (status, json.loads(answer)["credited_seconds"]) == (200, 30)
    assert sum(StudyTime.objects.values_list("seconds", flat=True)) == 30
