"""Every metric of the registry is said by a page and by the API, and they say the same. A new one has to stand here."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from analytics.metrics import METRICS
from tests.analytics.test_course_pages import figures_on
from tests.builders import a_beat, enrolled, lessons_of
from tests.chat.test_questions import question

RANGES = ["7d", "30d", "all"]
PAGES = ("", "lessons/", "assistant/")


@pytest.fixture
def lively(ines, alice, bob, course):
    """Two learners, of whom one finishes, and three questions, of which one was not helped."""
    first, second = lessons_of(course)
    for person in (alice, bob):
        enrolled(person.user, course)
        person.post("/api/learner/track-lesson/", a_beat(first, completed=True, seconds=30))
    alice.post("/api/learner/track-lesson/", a_beat(second, completed=True, seconds=20))
    bob.post("/api/learner/track-lesson/", a_beat(second, seconds=10))
    now = timezone.now()
    question(alice.user, course, "Why stones?", at=now)
    question(alice.user, course, "Why not?", at=now)
    question(bob.user, course, "Where?", at=now, answer_status="unanswered")
    return course


def charts(html: str) -> dict[str, Any]:
    """The numbers that the page gives to its charts."""
    return json.loads(re.search(r'<script id="course-charts"[^>]*>(.*?)</script>', html, re.DOTALL)[1])


def by_lesson(html: str) -> dict[int, dict[str, float | None]]:
    rows = re.findall(r'<tr[^>]*data-lesson="(\d+)">(.*?)</tr>', html, re.DOTALL)
    return {int(pk): figures_on(row) for pk, row in rows}


Said = dict[str, Any]
Two = tuple[Callable[[Said], Any], Callable[[Said], Any]]


def card(key: str) -> Two:
    return lambda page: figures_on(page[""])[key], lambda api: api["analytics/"]["stats"][key]


def of_lessons(key: str, name: str = "") -> Two:
    return (
        lambda page: {pk: found[key] for pk, found in by_lesson(page["lessons/"]).items()},
        lambda api: {one["id"]: one[name or key] for one in api["lessons/analytics/"]["lessons"]},
    )


def of_assistant(key: str) -> Two:
    return lambda page: figures_on(page["assistant/"])[key], lambda api: api["ai-analytics/"][key]


def funnel_on(page: Said) -> list[int]:
    return [int(n) for n in re.findall(r'<data value="(\d+)" data-stage=', page[""])]


# How each is read on a page, and how in an answer.
SAID: dict[str, Two] = {
    **{
        key: card(key)
        for key in (
            "total_students",
            "active_students",
            "average_progress",
            "total_seconds",
            "completion_rate",
            "average_days_to_complete",
        )
    },
    "active": (
        lambda page: charts(page[""])["active"],
        lambda api: [day["active"] for day in api["analytics/"]["series"]],
    ),
    "seconds": (
        lambda page: sum(seconds for _hour, _weekday, seconds in charts(page[""])["hours"]),
        lambda api: sum(day["seconds"] for day in api["analytics/"]["series"]),
    ),
    "funnel": (funnel_on, lambda api: [stage["count"] for stage in api["analytics/"]["funnel"]]),
    "distribution": (
        lambda page: charts(page[""])["distribution"],
        lambda api: [[one["bin"], one["count"]] for one in api["analytics/"]["distribution"]],
    ),
    **{key: of_lessons(key) for key in ("views", "viewers", "completions", "average_seconds", "drop_off_rate")},
    "lesson_completion_rate": of_lessons("lesson_completion_rate", "completion_rate"),
    **{key: of_assistant(key) for key in ("total_questions", "questions_per_student", "unanswered", "unanswered_rate")},
}


def test_no_metric_is_left_out():
    assert set(SAID) == set(METRICS)


@pytest.mark.parametrize("period", RANGES)
def test_page_and_api_say_the_same_of_every_metric(ines, lively, period):
    at, root = f"/admin/analytics/courses/{lively.pk}/", f"/api/instructor/courses/{lively.pk}/"
    page = {name: ines.get(at + name, {"period": period}).content.decode() for name in PAGES}
    paths = ("analytics/", "lessons/analytics/", "ai-analytics/")
    api = {path: ines.get(root + path, {"period": period}).json() for path in paths}
    said = {key: (on_page(page), in_api(api)) for key, (on_page, in_api) in SAID.items()}
    assert {key: shown for key, (shown, _) in said.items()} == {key: answered for key, (_, answered) in said.items()}
    nothing = {key for key, (shown, _) in said.items() if not shown}
    assert nothing <= {"average_days_to_complete", "drop_off_rate"}  # of today alone both are 0


@pytest.mark.parametrize("key", METRICS)
def test_every_metric_says_what_it_is_on_a_page(ines, lively, key):
    at = f"/admin/analytics/courses/{lively.pk}/"
    pages = "".join(ines.get(at + name).content.decode() for name in PAGES)
    assert f'id="what-{key}' in pages


def test_each_stage_of_the_funnel_leads_to_as_many_people_as_it_says(ines, lively):
    html = ines.get(f"/admin/analytics/courses/{lively.pk}/").content.decode()
    stages = re.findall(
        r'<a href="([^"?]+)\?filter=(\w+)">[^<]*</a></span>.*?<data value="(\d+)" data-stage="(\w+)"', html
    )
    assert [key for *_, key in stages] == ["enrolled", "started", "p25", "p50", "p75", "completed"]
    for path, show, count, _key in stages:
        assert ines.get(f"/api/instructor/courses/{lively.pk}/students/", {"filter": show}).json()["count"] == int(
            count
        )
        assert ines.get(path, {"filter": show}).content.decode().count("<tr>") == int(count) + 1
