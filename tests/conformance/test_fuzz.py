"""Every operation of the API and every page, with what no client should send: an answer each time, never a crash.

Cases come from one seed, so that a failure repeats; a failure prints the requests that crashed.
"""

from __future__ import annotations

import base64
import json
import random
import re
import uuid
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import get_resolver
from drf_spectacular.generators import SchemaGenerator

from learning.kinds import CourseState
from learning.models import Certificate, RequestCount
from learning.services.certificates import issue
from tests.builders import Person, a_beat, a_course, a_practice, lessons_of

SEED = 20261120
CASES_PER_OPERATION = 45
CASES_PER_PAGE = 12

HUGE = 10**30
NUMBERS: list[Any] = [0, -1, 1, 2, 2**31, 2**53, 2**63 - 1, 2**63, 2**64, HUGE, -HUGE, 0.5, -0.0, 1e308, 1e-320, True]
TEXTS: list[Any] = [
    "", " ", "x", "0", "-1", "null", "NaN", "\x00", "a\x00b", "\ud800", "\udfff\ud800", "\u202eevil", "İ", "ﬁ", "🪨" * 300,
    "x" * 5000, "'; DROP TABLE learning_user; --", "%s%(x)s{0}", "../../etc/passwd", "<script>alert(1)</script>",
    "2026-02-30T25:61:61Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-03-10T12:00:00", "1e400",
    str(HUGE), "9" * 5000, "00000000-0000-0000-0000-000000000000", "{" * 20,
]  # fmt: skip
ODD: list[Any] = [None, [], {}, [[]], [None], {"": ""}, {"$ne": 1}, [1] * 600, [[0, 1]], [[1, 0]], [["a", None]]]
BODIES: list[bytes] = [
    b"", b"null", b"[]", b"1", b'"x"', b"true", b"{", b"{}{}", b"\x00", b"\xff\xfe", b'{"a":NaN}', b'{"a":1e999}',
    b'{"a":-Infinity}', b'{"a":1,"a":2}', b"[" * 100_000, b'{"a":' * 3000 + b"1" + b"}" * 3000, b"9" * 10_000,
    b'{"seconds":' + b"9" * 5000 + b"}", b'"\\ud800"', b'{"lesson":"\\u0000"}', b"x" * 1_000_001, b"\xef\xbb\xbf{}",
]  # fmt: skip
TYPES = [
    "application/json", "application/json; charset=utf-16", "application/json; charset=nope", "text/plain", "",
    "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "multipart/form-data", "image/png", "//",
]  # fmt: skip
ACCEPTS = [
    "*/*",
    "application/json",
    "text/html",
    "application/xml;q=0.1",
    "",
    "x",
    "*/*;q=x",
    "a" * 300,
    "text/event-stream",
]
FIELDS = ["email", "login", "password", "password1", "next", "display_name", "time_zone", "language", "code", "answers"]
PEOPLE = ["anonymous", "learner", "instructor"]
METHODS = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"]


def a_cursor(position: str) -> str:
    return base64.b64encode(position.encode()).decode()


QUERIES: dict[str, list[str]] = {
    "page": ["0", "-1", "1", "2", "x", "1.5", "inf", "nan", str(HUGE), "9" * 5000, "\x00", "last", "१"],
    "page_size": ["0", "-1", "1", "100", "1000", str(HUGE), "x", "\x00"],
    "cursor": ["x", "\x00", a_cursor("p=x"), a_cursor("p=\x00"), a_cursor("o=-1"), a_cursor("p=2026-01-01&r=1"),
               a_cursor("o=99999999999999999999"), a_cursor("p=9999-12-31T23:59:59.999999-14:00"), "%%%", "ß"],
    "search": ["", "x", "\x00", "%", "_" * 100, "x" * 101, "\\", "'", "a " * 50, "🪨", "\u202e"],
    "category": ["x", "\x00", "", "1", "x" * 5000], "level": ["x", "beginner", "\x00"], "language": ["en", "\x00", "x y"],
    "duration": ["short", "x", "\x00"], "ordering": ["title", "-title", "password", "\x00", "newest"],
    "days": ["30", "90", "31", "-1", str(HUGE), "\x00", "x"], "format": ["json", "xml", "api", "\x00"],
    "next": ["//evil.example", "https:evil.example", "\\\\evil.example", "/\\evil.example", "javascript:alert(1)", "\x00"],
    "lang": ["xx"], "\x00": ["\x00"],
}  # fmt: skip


@pytest.fixture
def world(alice, ines, course, at_alice):
    """People at work in a course, with a practice, a certificate and a draft beside it."""
    quiz = a_practice(course.modules.get())
    attempt = alice.post("/api/practice/", {"lesson": quiz.pk}).json()
    alice.post("/api/learner/track-lesson/", a_beat(lessons_of(course)[0], completed=True))
    draft = a_course(ines.user, title="Draft", state=CourseState.DRAFT)
    issue(at_alice, at=at_alice.started_at)
    people = dict(zip(PEOPLE, [Person(None), alice, ines], strict=True))
    for person in people.values():
        person.client.raise_request_exception = False
    ids = [course.pk, draft.pk, quiz.pk, attempt["id"], *[lesson.pk for lesson in lessons_of(course)]]
    return {"people": people, "ids": ids, "slugs": [course.slug, draft.slug, *[x.slug for x in lessons_of(course)]]}


class Requests:
    """Requests made from one seed; `broken` holds those that crashed or did not answer as they should."""

    def __init__(self, world: dict[str, Any], seed: int = SEED) -> None:
        self.world, self.random = world, random.Random(seed)
        self.broken: list[str] = []
        self.made = 0

    def sign_in(self) -> None:
        """Once more: one of the pages signs out."""
        for person in self.world["people"].values():
            if person.user:
                person.client.force_login(person.user, backend="django.contrib.auth.backends.ModelBackend")

    def of(self, choices: Any) -> Any:
        return self.random.choice(choices)

    def value(self, depth: int = 0) -> Any:
        kind = self.random.random()
        if kind < 0.35:
            return self.of(NUMBERS + self.world["ids"])
        if kind < 0.7:
            return self.of(TEXTS)
        if kind < 0.85 or depth > 2:
            return self.of(ODD)
        return {str(self.of(["a", "", "1", "answers"])): self.value(depth + 1)}

    def fitting(self, schema: dict[str, Any], components: dict[str, Any]) -> Any:
        """What the schema asks for, each member now and then something else."""
        if "$ref" in schema:
            schema = components[schema["$ref"].rpartition("/")[2]]
        if choices := schema.get("oneOf") or schema.get("anyOf") or schema.get("allOf"):
            return self.fitting(self.of(choices), components)
        if schema.get("type") == "object" and "properties" in schema:
            members = {name: self.member(part, components) for name, part in schema["properties"].items()}
            for name in [n for n in members if self.random.random() < 0.1]:
                del members[name]
            return members
        return self.plain(schema, components)

    def member(self, schema: dict[str, Any], components: dict[str, Any]) -> Any:
        return self.value() if self.random.random() < 0.2 else self.fitting(schema, components)

    def plain(self, schema: dict[str, Any], components: dict[str, Any]) -> Any:
        if "enum" in schema:
            return self.of(schema["enum"])
        kind = schema.get("type")
        kind = self.of(kind) if isinstance(kind, list) else kind
        if kind == "array":
            return [self.member(schema.get("items", {}), components) for _ in range(self.random.randrange(4))]
        if kind in {"integer", "number"}:
            return self.of([1, 2, 3, 30, *self.world["ids"]])
        if kind == "boolean":
            return self.of([True, False])
        if kind == "string":
            return str(uuid.UUID(int=self.random.randrange(9))) if schema.get("format") == "uuid" else self.of(TEXTS)
        return self.value()

    def body(self, known: dict[str, Any]) -> tuple[bytes, str]:
        """What fits the operation in most of its members, or bytes that fit nothing."""
        if self.random.random() < 0.3:
            return self.of(BODIES), self.of(TYPES)
        return json.dumps(self.fitting(known["body"], known["components"])).encode(), "application/json"

    def form(self) -> bytes:
        return urlencode({self.of(FIELDS): str(self.of(TEXTS)).encode("utf-8", "replace") for _ in range(3)}).encode()

    def address(self, path: str) -> str:
        """The path with something in its places, and something asked after it."""
        for place in [part.partition("}")[0] for part in path.split("{")[1:]]:
            filled = self.of(
                [*self.world["ids"], *self.world["slugs"], *self.world["ids"], 0, 2**31, 2**63, HUGE, "9" * 400, "x", "%00",
                 "..%2f", str(uuid.UUID(int=1)), Certificate.objects.values_list("uuid", flat=True)[0]]
            )  # fmt: skip
            path = path.replace("{" + place + "}", str(filled))
        return path

    def query(self) -> dict[str, str]:
        names = self.random.sample(sorted(QUERIES), self.of([0, 0, 1, 2]))
        return {name: self.of(QUERIES[name]) for name in names}

    def send(self, who: str, method: str, path: str, body: bytes = b"", content_type: str = "text/plain") -> Any:
        if self.made % 50 == 0:
            cache.clear()  # limits are not what is tried here
            RequestCount.objects.all().delete()
        self.made += 1
        query = self.query()
        client: Client = self.world["people"][who].client
        answer = client.generic(
            method, path, body, content_type, query_params=query, headers={"Accept": self.of(ACCEPTS)}
        )
        if answer.status_code >= 500:
            why = getattr(answer, "exc_info", None)
            said = f"{who} {method} {path[:90]} {query} {body[:300]!r} {content_type}"
            self.broken.append(f"{said}: {answer.status_code} {why and why[1]!r}")
        return answer


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    schema = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    components = schema["components"]["schemas"]
    found = []
    for path, methods in sorted(schema["paths"].items()):
        for method, operation in sorted(methods.items()):
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
            found.append((path, method.upper(), {"body": body, "components": components}))
    return found


def test_no_operation_of_the_api_breaks(world):
    asked = Requests(world)
    for path, method, known in operations():
        for n in range(CASES_PER_OPERATION):
            wanted = method if n % 5 else asked.of(METHODS)
            answer = asked.send(PEOPLE[n % 3], wanted, asked.address(path), *asked.body(known))
            if answer.status_code >= 400 and wanted != "HEAD" and answer["Content-Type"] != "application/problem+json":
                asked.broken.append(f"{wanted} {path}: {answer.status_code} is {answer['Content-Type']}")
    assert not asked.broken, "\n".join(asked.broken[:40])


def pages(resolver: Any = None, before: str = "/") -> list[str]:
    """Every page outside API and admin, with its places in braces."""
    found: list[str] = []
    for entry in (resolver or get_resolver()).url_patterns:
        path = before + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(entry.pattern))
        if hasattr(entry, "url_patterns"):
            found += [] if path in {"/api/", "/admin/"} else pages(entry, path)
        elif re.fullmatch(r"[\w/{}.-]*", path):
            found.append(path)
    return sorted(set(found))


def test_no_page_breaks(world):
    asked = Requests(world)
    for path in pages():
        asked.sign_in()
        for n in range(CASES_PER_PAGE):
            method = ["GET", "GET", "POST", "HEAD", "POST", asked.of(METHODS)][n % 6]
            form = [asked.form(), "application/x-www-form-urlencoded"] if method == "POST" else []
            asked.send(PEOPLE[n % 3], method, asked.address(path), *form)
    assert not asked.broken, "\n".join(asked.broken[:40])
