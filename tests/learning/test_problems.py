"""What the API says when it can't do what was asked: always a problem, never a page, never a crash."""

from __future__ import annotations

import json

import pytest

from learning.models import User

ME = "/api/me/"


def send(person, raw, content_type="application/json"):
    return person.client.generic("PATCH", ME, raw, content_type=content_type)


def problem(answer):
    assert answer["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == answer.status_code
    assert set(body) >= {"type", "title", "status", "detail", "code"}
    return body


def fields(answer):
    return [e["field"] for e in problem(answer)["errors"]]


def test_a_problem_has_the_members_of_rfc_9457(alice):
    assert problem(alice.get("/api/courses/999/")) == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "There is nothing here.",
        "code": "not_found",
    }


@pytest.mark.parametrize("path", ["/api/nothing/", "/api/", "/api/courses/x/", "/api/lessons/%00/", "/api/%ff/"])
def test_an_unknown_address_is_a_problem_too(alice, path):
    answer = alice.get(path)
    assert (answer.status_code, problem(answer)["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    "raw",
    [
        b"{",
        b"",
        b" ",
        b"nonsense",
        b"\xff\xfe",
        b"\xef\xbb\xbf{}",
        b'{"display_name": "a", "display_name": "b"}',
        b'{"a": {"b": 1, "b": 2}}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"display_name": ' + b"9" * 5000 + b"}",
        b"[" * 40 + b"]" * 40,
    ],
)
def test_what_is_no_json_is_400(alice, raw):
    if raw == b"":
        raw = b"\n"
    assert send(alice, raw).status_code == 400
    assert problem(send(alice, raw))["code"] in {"parse_error", "invalid"}


@pytest.mark.parametrize("raw", [b"[]", b"null", b'"text"', b"12", b"true"])
def test_what_is_no_object_is_400(alice, raw):
    assert send(alice, raw).status_code == 400
    assert problem(send(alice, raw))["code"] == "invalid"


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_a_number_that_is_none_names_its_field(alice, value):
    assert fields(send(alice, f'{{"display_name": {value}}}')) == ["display_name"]


def test_a_number_that_is_none_names_where_it_is(alice):
    assert fields(send(alice, '{"beats": [{"seconds": 1}, {"seconds": NaN}]}')) == ["beats.1.seconds"]


@pytest.mark.parametrize("text", ["a\\u0000b", "\\ud800", "x\\udfffx"])
def test_text_that_can_not_be_stored_names_its_field(alice, text):
    assert fields(send(alice, f'{{"display_name": "{text}"}}')) == ["display_name"]
    assert send(alice, f'{{"{text}": "x"}}').status_code == 400
    assert User.objects.get().display_name == "Alice"


def test_a_pair_of_surrogates_is_a_letter(alice):
    assert send(alice, '{"display_name": "\\ud83d\\ude00"}').json()["display_name"] == "😀"


@pytest.mark.parametrize("value", [10**18, 10**19, 10**400, -(10**30)])
def test_a_huge_number_is_no_crash(alice, value):
    assert fields(send(alice, json.dumps({"language": value}))) == ["language"]


def test_all_wrong_fields_are_named_at_once(alice):
    answer = alice.patch(ME, {"language": "xx", "time_zone": "Mars/Phobos"})
    assert sorted(fields(answer)) == ["language", "time_zone"]


def test_a_field_that_is_not_there_is_refused(alice):
    answer = alice.patch(ME, {"colour": "green"})
    assert problem(answer)["errors"] == [{"field": "colour", "code": "unknown", "detail": "There is no such field."}]


@pytest.mark.parametrize("size", [1_000_001, 3_000_000])
def test_too_large_a_body_is_413(alice, size):
    answer = send(alice, json.dumps({"display_name": "x" * size}))
    assert (answer.status_code, problem(answer)["code"]) == (413, "too_large")


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml", "x"],
)
def test_what_is_not_json_is_415(alice, content_type):
    answer = send(alice, b"display_name=Root", content_type)
    assert (answer.status_code, problem(answer)["code"]) == (415, "unsupported_media_type")


def test_a_large_form_is_refused_as_well(alice):
    answer = send(alice, b"a=" + b"x" * 3_000_000, "application/x-www-form-urlencoded")
    assert answer.status_code in {413, 415}
    problem(answer)


@pytest.mark.parametrize(
    "path", [ME, "/api/courses/", "/api/courses/1/", "/api/courses/1/enrollment/", "/api/lessons/1/"]
)
def test_a_wrong_method_is_405_before_anything_is_asked_about_the_caller(anonymous, path):
    answer = anonymous.put(path, {})
    assert (answer.status_code, problem(answer)["code"]) == (405, "method_not_allowed")
    assert answer["Allow"]


def test_who_is_not_signed_in_is_401_with_the_way_to(anonymous):
    answer = anonymous.get(ME)
    assert (answer.status_code, answer["WWW-Authenticate"], problem(answer)["code"]) == (
        401,
        "Token",
        "not_authenticated",
    )


def test_an_answer_is_json_whatever_the_caller_accepts(alice):
    for accept in ("text/html", "*/*", "text/html,application/xhtml+xml,*/*;q=0.8", "nonsense"):
        answer = alice.get(ME, HTTP_ACCEPT=accept)
        assert answer["Content-Type"].endswith("json")
        assert answer.status_code in {200, 406}


@pytest.mark.robust
def test_a_crash_tells_nothing_about_itself(alice, monkeypatch, caplog):
    from learning.api import people

    monkeypatch.setattr(people, "change_profile", lambda *a, **k: 1 / 0)
    alice.client.raise_request_exception = False
    answer = alice.patch(ME, {"display_name": "x"})
    assert (answer.status_code, problem(answer)["code"]) == (500, "error")
    assert "ZeroDivision" not in answer.content.decode()
    assert "division" not in answer.content.decode()


@pytest.mark.parametrize("path", ["learner/courses/{}/progress/", "courses/{}/", "lessons/{}/"])
@pytest.mark.parametrize("number", [2**63 - 1, 2**63, 10**40])
def test_a_number_beyond_every_row_is_an_unknown_address(alice, path, number):
    answer = alice.get(f"/api/{path.format(number)}")
    assert (answer.status_code, problem(answer)["code"]) == (404, "not_found")
