"""The learner's page: every state, the API's numbers, filters, news from elsewhere, and badges."""

import datetime as dt
import gzip
import re
import uuid

import pytest
import time_machine
from django.utils import timezone

from chat.services.conversations import ask
from gamification.models import Badge
from gamification.services.xp import correct
from learning.models import Enrollment, LessonProgress, StudyTime
from learning.services.completion import complete_lesson
from learning.services.enrollment import leave
from notifications.models import LiveEvent
from tests.builders import a_beat, a_course, a_lesson, a_practice, enrolled, lessons_of
from tests.conformance.budgets import shown, statements
from tests.learning.test_pages import text_of

PAGE, LIVE, BADGES = "/my-learning/", "/my-learning/live/", "/achievements/"
API = "/api/learner/dashboard/"
NOON = dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC)


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def number(answer, key: str) -> tuple[int, str]:
    """A card's value as scripts read it, and as people do."""
    found = re.search(rf'data-number="{key}"[^>]*data-value="(\d+)">([^<]*)<', answer.content.decode())
    assert found, key
    return int(found[1]), found[2]


def a_shelf(person, ines, titles: list[str]) -> list:
    courses = [a_course(ines.user, title=title) for title in titles]
    for course in courses:
        enrolled(person.user, course)
    return courses


def listed(answer) -> list[str]:
    html = answer.content.decode().partition('class="my-courses"')[2]
    return re.findall(r'<h3><a href="/courses/[^"]+">([^<]+)</a></h3>', html)


# --- States


def test_somebody_new_is_told_what_each_part_is_for_and_the_one_thing_to_do(bob):
    page = text_of(bob.get(PAGE))
    for words in (
        "Your path starts with one course",
        "Your last 30 days are still empty",
        "Badges mark the way",
        "0/3",
    ):
        assert words in page
    assert "Shows after your first practice." in page


def test_a_course_that_was_never_opened_is_started(alice, at_alice):
    page = text_of(alice.get(PAGE))
    assert "Start : Stones 1" in page
    assert "Resume" not in page


def test_resume_and_next_are_two_actions_only_where_they_differ(alice, course, at_alice):
    first, second = lessons_of(course)
    alice.get(first.get_absolute_url())
    assert "Next:" not in text_of(alice.get(PAGE))
    LessonProgress.objects.all().delete()
    alice.get(second.get_absolute_url())
    page = text_of(alice.get(PAGE))
    assert "Resume : Stones 2" in page
    assert "Next: Stones 1" in page


def test_a_video_is_resumed_at_its_second(alice, course, at_alice):
    film = a_lesson(course.modules.first(), title="Film", kind="video", video_url="https://v.example/a.mp4")
    LessonProgress.objects.create(learner=alice.user, lesson=film, position=75.4, last_seen_at=timezone.now())
    assert f'href="{film.get_absolute_url()}#t=75"' in alice.get(PAGE).content.decode()


def test_everything_finished_leads_to_the_catalogue_and_the_certificate(alice, course, at_alice):
    for lesson in lessons_of(course):
        complete_lesson(enrollment=at_alice, lesson=lesson, at=timezone.now())
    answer = alice.get(PAGE)
    assert "Everything here is finished" in text_of(answer)
    assert b"/certificates/" in answer.content


def test_a_course_that_was_left_is_gone_but_its_time_is_kept(clock, alice, course, at_alice):
    alice.post("/api/learner/track-lesson/", a_beat(lessons_of(course)[0], seconds=60))
    leave(learner=alice.user, course=course, at=timezone.now())
    answer = alice.get(PAGE)
    assert "Your path starts with one course" in text_of(answer)
    assert number(answer, "courses")[0] == 0
    assert number(answer, "time") == (60, "1m")


def test_the_daily_goal_says_open_close_and_done(clock, alice, ines):
    course = a_course(ines.user, lessons=3)
    enrollment = enrolled(alice.user, course)
    said = []
    for lesson in lessons_of(course):
        complete_lesson(enrollment=enrollment, lesson=lesson, at=timezone.now())
        today = text_of(alice.get(PAGE)).partition("Today ")[2]
        said.append(re.search(r"(Still open|Nearly there|Done) (\d/3)", today).groups())
    assert said == [("Still open", "1/3"), ("Nearly there", "2/3"), ("Done", "3/3")]


def test_who_switched_detailed_activity_off_sees_no_days(alice, at_alice):
    alice.user.detailed_tracking = False
    alice.user.save()
    page = alice.get(PAGE)
    assert "Detailed activity is off" in text_of(page)
    assert b"data-day=" not in page.content


# --- Numbers


def test_the_cards_say_what_the_api_says(clock, alice, ines, course, at_alice):
    a_shelf(alice, ines, ["Second"])
    quiz = a_practice(course.modules.first())
    first = lessons_of(course)[0]
    alice.post("/api/learner/track-lesson/", a_beat(first, seconds=50, completed=True))
    attempt = alice.post("/api/practice/", {"lesson": quiz.pk}).json()
    right = {str(q.pk): q.choices.get(is_correct=True).pk for q in quiz.questions.all()}
    alice.post(f"/api/practice/{attempt['id']}/finish/", {"answers": right})
    answer, api = alice.get(PAGE), alice.get(API).json()
    stats = api["stats"]
    assert number(answer, "courses")[0] == stats["total_courses"] == 2
    assert number(answer, "time") == (stats["total_seconds"], "<1m".replace("<", "&lt;"))
    assert number(answer, "badges")[0] == stats["achievements_count"] == 2
    assert number(answer, "streak")[0] == stats["current_streak"] == 1
    assert number(answer, "completion")[1] == f"{int(stats['average_completion'])} %"
    page = text_of(answer)
    assert f"{api['level']['xp']} XP" in page
    assert f"{api['goals']['daily_progress']}/3" in page
    assert f"{int(api['sessions']['average_score'])} Average score" in page


def test_the_days_are_those_of_the_api_in_thirty_and_ninety(clock, alice, course, at_alice):
    alice.post("/api/learner/track-lesson/", a_beat(lessons_of(course)[0], seconds=60))
    StudyTime.objects.create(
        learner=alice.user, course=course, hour=NOON - dt.timedelta(days=40), day=NOON.date() - dt.timedelta(days=40),
        course_day=NOON.date() - dt.timedelta(days=40), seconds=1800,
    )  # fmt: skip
    for days in (30, 90):
        answer = alice.get(PAGE, {"days": days})
        rows = re.findall(r'data-day="([\d-]+)" data-seconds="(\d+)"', answer.content.decode())
        api = alice.get(API, {"days": days}).json()["activity"]
        assert rows == [(day["date"], str(day["seconds"])) for day in reversed(api)]
        assert f"You studied on {1 if days == 30 else 2} of the last {days} days" in text_of(answer)


def test_study_time_is_said_in_hours_and_minutes(alice, at_alice):
    Enrollment.objects.update(seconds=45_000)
    assert number(alice.get(PAGE), "time") == (45_000, "12h 30m")


# --- Filters and sorting, with a plain GET


@pytest.fixture
def shelf(clock, alice, ines):
    """Three courses: Amber finished, Basalt in progress and opened last, Clay never opened."""
    amber, basalt, clay = a_shelf(alice, ines, ["Amber", "Basalt", "Clay"])
    mine = Enrollment.objects.get(course=amber)
    for lesson in lessons_of(amber):
        alice.get(lesson.get_absolute_url())
        complete_lesson(enrollment=mine, lesson=lesson, at=timezone.now())
    clock.shift(3600)
    alice.get(lessons_of(basalt)[0].get_absolute_url())
    alice.post("/api/learner/track-lesson/", a_beat(lessons_of(basalt)[0], completed=True))
    return amber, basalt, clay


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ({}, ["Basalt", "Amber", "Clay"]),
        ({"show": "in_progress"}, ["Basalt"]),
        ({"show": "completed"}, ["Amber"]),
        ({"show": "not_started"}, ["Clay"]),
        ({"sort": "name"}, ["Amber", "Basalt", "Clay"]),
        ({"sort": "progress"}, ["Amber", "Basalt", "Clay"]),
        ({"show": "nonsense", "sort": "'", "days": "7"}, ["Basalt", "Amber", "Clay"]),
    ],
)
def test_courses_are_filtered_and_sorted_by_address(alice, shelf, query, titles):
    assert listed(alice.get(PAGE, query)) == titles


def test_a_filter_that_finds_nothing_says_so(alice, at_alice):
    assert "None finished yet." in text_of(alice.get(PAGE, {"show": "completed"}))


def test_htmx_gets_the_part_that_it_asks_for_and_history_the_whole(alice, shelf):
    part = alice.get(PAGE, {"show": "completed"}, HTTP_HX_REQUEST="true", HTTP_HX_TARGET="my-courses")
    assert listed(part) == ["Amber"]
    assert b"<html" not in part.content
    whole = alice.get(PAGE, HTTP_HX_REQUEST="true", HTTP_HX_TARGET="my-courses", HTTP_HX_HISTORY_RESTORE_REQUEST="true")
    assert b"<html" in whole.content
    assert "HX-Request" in whole["Vary"]


# --- News from elsewhere


def stamp_of(person) -> str:
    return re.search(r'data-stamp="(\w+)"', person.get(PAGE).content.decode())[1]


def test_nothing_new_costs_one_read(alice, course, at_alice):
    tag = f'"{stamp_of(alice)}"'
    with statements() as spent:
        answer = alice.get(LIVE, HTTP_IF_NONE_MATCH=tag)
    assert (answer.status_code, answer.content) == (304, b"")
    assert len(spent) == 1, shown(spent)


@pytest.mark.parametrize("act", ["beat", "completion", "enrolment", "leaving", "midnight"])
def test_what_another_tab_did_comes_in(clock, alice, ines, course, at_alice, act):
    tag, first = f'"{stamp_of(alice)}"', lessons_of(course)[0]
    if act == "midnight":
        clock.shift(12 * 3600)
    elif act == "leaving":
        leave(learner=alice.user, course=course, at=timezone.now())
    elif act == "enrolment":
        a_shelf(alice, ines, ["Another"])
    else:
        alice.post("/api/learner/track-lesson/", a_beat(first, seconds=40, completed=act == "completion"))
    answer = alice.get(LIVE, HTTP_IF_NONE_MATCH=tag)
    assert answer.status_code == 200
    assert answer["ETag"] != tag
    assert b"<html" not in answer.content
    assert alice.get(LIVE, HTTP_IF_NONE_MATCH=answer["ETag"]).status_code == 304


def test_what_a_learner_chooses_and_whatever_else_moves_the_page_comes_in(clock, alice, ines, staff, course, at_alice):
    """Each of these leaves word for open pages, and the page is no longer what it was."""
    settings, words = "/api/gamification/settings/", {"content": "What is lime?", "client_message_id": uuid.uuid4()}
    acts = {
        "a goal": lambda: alice.patch(settings, {"daily_goal": 5}),
        "a switch": lambda: alice.patch(settings, {"switches": {"challenges": False}}),
        "rest days": lambda: alice.patch(settings, {"rest_days": [5, 6]}),
        "a question": lambda: ask(asker=alice.user, course=course, at=timezone.now(), **words),
        "a correction": lambda: correct(learner=alice.user, amount=5, reason="r", by=staff.user, at=timezone.now()),
        "cards": lambda: alice.client.post("/my-learning/cards/arrange/", {"act": "up:streak"}),
    }
    for what, act in acts.items():
        tag = f'"{stamp_of(alice)}"'
        before = set(LiveEvent.objects.values_list("pk", flat=True))
        act()
        assert alice.get(LIVE, HTTP_IF_NONE_MATCH=tag).status_code == 200, what
        assert LiveEvent.objects.filter(person=alice.user, kind="stats").exclude(pk__in=before).exists(), what


def test_somebody_elses_acts_are_no_news(alice, bob, course, at_alice):
    tag = f'"{stamp_of(alice)}"'
    enrolled(bob.user, course)
    bob.post("/api/learner/track-lesson/", a_beat(lessons_of(course)[0], completed=True))
    assert alice.get(LIVE, HTTP_IF_NONE_MATCH=tag).status_code == 304


def test_a_lost_session_is_told_apart_from_news(anonymous):
    assert anonymous.get(LIVE).status_code == 401


# --- Badges


def test_earned_badges_come_first_and_locked_ones_say_how_far(alice, course, at_alice):
    complete_lesson(enrollment=at_alice, lesson=lessons_of(course)[0], at=timezone.now())
    page = text_of(alice.get(BADGES))
    assert "You have earned 2 badges." in page
    assert page.index("First Steps") < page.index("Still to earn") < page.index("Three in a Row")
    assert "Learn 3 days in a row. 1 of 3" in page
    assert "0m of 4h" in page


def test_nobody_has_badges_at_first_and_visitors_have_no_page(bob, anonymous):
    assert "Your first badge is one finished lesson away." in text_of(bob.get(BADGES))
    assert anonymous.get(BADGES).url == f"/accounts/login/?next={BADGES}"


def test_a_badge_with_an_icon_that_nobody_drew_is_a_stone(alice):
    Badge.objects.filter(key="explorer").update(icon="no-such-drawing")
    assert alice.get(BADGES).status_code == 200


# --- Budgets


def full_shelf(alice, ines, courses: int) -> None:
    for n in range(courses):
        course = a_course(ines.user, title=f"Course {n}", lessons=6)
        enrolled(alice.user, course)
        alice.post("/api/learner/track-lesson/", a_beat(lessons_of(course)[0], completed=True))


@pytest.mark.parametrize("courses", [1, 30])
def test_pages_cost_the_same_with_one_course_and_with_thirty(alice, ines, courses):
    full_shelf(alice, ines, courses)
    for path in (PAGE, BADGES, LIVE):
        with statements() as spent:
            assert alice.get(path).status_code == 200
        assert len(spent) <= 12, f"{path}\n{shown(spent)}"


def test_the_page_of_twenty_courses_is_light(alice, ines):
    full_shelf(alice, ines, 20)
    assert len(gzip.compress(alice.get(PAGE, {"days": 90}).content)) < 60_000


@pytest.mark.parametrize("path", [PAGE, BADGES, "/courses/stones/progress/"])
def test_no_script_and_no_style_in_the_page(alice, course, at_alice, path):
    alice.post("/api/learner/track-lesson/", a_beat(lessons_of(course)[0], completed=True))
    html = alice.get(path).content.decode()
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\bsrc=)", html)
