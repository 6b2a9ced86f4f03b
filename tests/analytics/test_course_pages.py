"""The instructor's pages: whose they are, what range they show, and that they say what the API says."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.utils import timezone

from analytics.admin.base import PAGES
from analytics.kinds.ranges import BadRange, Period, Range
from analytics.models import RiskDay, RiskFlag, RiskSnapshot
from tests.builders import a_beat, a_user, enrolled, lessons_of

AT = dt.datetime(2026, 3, 14, 23, 30, tzinfo=dt.UTC)  # the 15th in Madrid, still the 14th in Lisbon
OPENED = dt.date(2026, 1, 5)


def figures_on(html: str) -> dict[str, float | None]:
    found = re.findall(r'<data value="([^"]*)" data-metric="([^"]+)"', html)
    return {key: float(value) if value else None for value, key in found}


def test_page_and_api_say_the_same_of_every_card(ines, alice, bob, course):
    enrolled(alice.user, course)
    enrolled(bob.user, course)
    first, second = lessons_of(course)
    alice.post("/api/learner/track-lesson/", a_beat(first, completed=True, seconds=30))
    alice.post("/api/learner/track-lesson/", a_beat(second, completed=True, seconds=10))
    bob.post("/api/learner/track-lesson/", a_beat(first, completed=True, seconds=20))
    stats = ines.get(f"/api/instructor/courses/{course.pk}/analytics/").json()["stats"]
    assert stats["total_students"] == 2
    assert stats["active_students"] == 2
    assert stats["average_progress"] == 75
    assert stats["completion_rate"] == 50
    assert stats["average_days_to_complete"] == 0
    shown = figures_on(ines.get(f"/admin/analytics/courses/{course.pk}/").content.decode())
    assert {key: shown[key] for key in stats} == stats


def test_who_teaches_the_course_is_in_none_of_its_numbers(ines, alice, at_alice, course):
    enrolled(ines.user, course)
    ines.post("/api/learner/track-lesson/", a_beat(lessons_of(course)[0], completed=True))
    stats = ines.get(f"/api/instructor/courses/{course.pk}/analytics/").json()
    assert stats["stats"]["total_students"] == 1
    assert stats["stats"]["average_progress"] == 0
    assert [stage["count"] for stage in stats["funnel"]] == [1, 0, 0, 0, 0, 0]


def test_every_page_of_an_empty_course_says_what_it_is_for(ines, course):
    for page in PAGES.values():
        if page.tab:
            answer = ines.get(f"/admin/analytics/courses/{course.pk}/{page.at}")
            assert answer.status_code == 200, page.name
    assert course.title in ines.get("/admin/analytics/courses/").content.decode()


def test_a_range_is_whole_days_of_the_courses_zone():
    def asked(zone: str = "Europe/Lisbon", **query: str) -> Range:
        return Range.of(query, zone=zone, opened=lambda: OPENED, at=AT)

    assert (asked().period, asked().first, asked().last) == (Period.MONTH, dt.date(2026, 2, 13), dt.date(2026, 3, 14))
    assert asked(zone="Europe/Madrid", period="7d").last == dt.date(2026, 3, 15)
    assert asked(period="all").first == OPENED
    chosen = asked(start_date="2020-01-01", end_date="2026-02-01")
    assert (chosen.first, chosen.last, chosen.period) == (OPENED, dt.date(2026, 2, 1), Period.CUSTOM)
    assert asked(start_date="2026-03-01", end_date="2999-01-01").last == dt.date(2026, 3, 14)
    assert asked(end_date="2025-01-01", start_date="2024-01-01").first == dt.date(2025, 1, 1)
    assert asked(period="7d").ends == dt.datetime(2026, 3, 15, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"period": "7"}, "period"),
        ({"period": "custom"}, "period"),
        ({"start_date": "2026-02-30"}, "start_date"),
        ({"start_date": "yesterday"}, "start_date"),
        ({"end_date": "0001-01-01"}, "end_date"),
        ({"start_date": "2026-03-02", "end_date": "2026-03-01"}, "end_date"),
    ],
)
def test_a_range_that_cannot_be_is_refused_with_its_field(query, field):
    with pytest.raises(BadRange) as refused:
        Range.of(query, zone="UTC", opened=lambda: OPENED, at=AT)
    assert refused.value.field == field


def test_the_api_names_the_field_and_the_page_shows_the_usual_days(ines, course):
    answer = ines.get(f"/api/instructor/courses/{course.pk}/analytics/", {"period": "forever"})
    assert answer.status_code == 400
    assert "period" in answer.content.decode()
    page = ines.get(f"/admin/analytics/courses/{course.pk}/", {"period": "forever"})
    assert "The last 30 days are shown instead." in page.content.decode()


def test_active_are_those_of_the_last_seven_days(ines, course):
    for n in range(10):
        place = enrolled(a_user(f"learner{n}@example.org"), course)
        type(place).objects.filter(pk=place.pk).update(last_accessed_at=timezone.now() - dt.timedelta(days=n, hours=0))
    stats = ines.get(f"/api/instructor/courses/{course.pk}/analytics/").json()["stats"]
    assert stats["active_students"] == 7


def test_the_overview_names_who_is_furthest_behind_and_nobody_who_was_put_off(ines, alice, bob, course):
    today = timezone.now().date()
    RiskDay.objects.create(course=course, day=today, judged_at=timezone.now(), cohort=9, flagged=2, is_enough=True)
    for person, score in ((alice, 0.9), (bob, 0.8)):
        enrolled(person.user, course)
        RiskSnapshot.objects.create(
            course=course,
            learner=person.user,
            day=today,
            score=score,
            silent_days=9,
            active_days=0,
            seconds=0,
            is_flagged=True,
        )
        RiskFlag.objects.create(
            course=course, learner=person.user, reason="inactive", since=today, raised_on=today, shown_from=today
        )
    page = f"/admin/analytics/courses/{course.pk}/"
    html = ines.get(page).content.decode()
    assert html.index("2 learners may need you first") < html.index("Alice") < html.index("Bob")
    RiskFlag.objects.filter(learner=alice.user).update(dismissed_at=timezone.now())
    html = ines.get(page).content.decode()
    assert "One learner may need you first" in html
    assert "Alice" not in html
