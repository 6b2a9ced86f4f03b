"""Beats: what is credited, what is not, and what a beat can complete."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
import time_machine
from django.utils import timezone

from learning.models import Enrollment, LessonProgress, LessonView, StudyTime
from tests.builders import a_beat, a_lesson, enrolled, lessons_of

URL = "/api/learner/track-lesson/"
NOON = dt.datetime(2026, 3, 10, 12, 0, 0, tzinfo=dt.UTC)


@pytest.fixture
def clock():
    """Noon, UTC; `clock.shift(30)` lets 30 seconds pass."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def lesson(course, at_alice):
    return lessons_of(course)[0]


def credited(answer) -> int:
    assert answer.status_code == 200, answer.content
    return answer.json()["credited_seconds"]


def total() -> int:
    return sum(StudyTime.objects.values_list("seconds", flat=True))


def test_a_beat_is_credited_and_says_where_the_learner_stands(clock, alice, lesson, course):
    answer = alice.post(URL, a_beat(lesson, seconds=30)).json()
    assert answer["credited_seconds"] == 30
    assert answer["lesson_progress"] == {
        "lesson": lesson.pk, "status": "in_progress", "seconds": 30, "coverage": None, "position": 0.0,
        "completed_at": None, "missing": [],
    }  # fmt: skip
    assert answer["enrollment"] == {
        "course": course.pk, "percent": 0.0, "completed_lessons": 0, "required_lessons": 2, "seconds": 30,
        "completed_at": None,
    }  # fmt: skip
    assert (answer["new_achievements"], answer["milestones"], answer["xp_awarded"], answer["streak"]) == (
        [],
        [],
        0,
        None,
    )


def test_the_first_beat_of_all_counts_up_to_a_minute(clock, alice, lesson):
    assert credited(alice.post(URL, a_beat(lesson, seconds=500))) == 60


def test_the_same_number_again_credits_nothing(clock, alice, lesson):
    beat = a_beat(lesson, seconds=30)
    assert credited(alice.post(URL, beat)) == 30
    clock.shift(30)
    for _ in range(4):
        assert credited(alice.post(URL, beat)) == 0
    assert total() == 30


def test_beats_out_of_order_never_count_more_than_in_order(clock, alice, lesson):
    tab = str(uuid.uuid4())
    clock.shift(90)
    assert credited(alice.post(URL, a_beat(lesson, seq=3, session=tab))) == 30
    assert credited(alice.post(URL, a_beat(lesson, seq=1, session=tab))) == 0
    assert credited(alice.post(URL, a_beat(lesson, seq=2, session=tab))) == 0


def test_two_tabs_for_ten_minutes_give_ten_minutes(clock, alice, course, at_alice):
    one, two = lessons_of(course)
    tabs = [str(uuid.uuid4()), str(uuid.uuid4())]
    for seq in range(1, 21):
        clock.shift(30)
        alice.post(URL, a_beat(one, seq=seq, session=tabs[0]))
        alice.post(URL, a_beat(two, seq=seq, session=tabs[1]))
    assert total() == 600


def test_two_tabs_a_little_apart_give_ten_minutes_too(clock, alice, course, at_alice):
    one, two = lessons_of(course)
    tabs = [str(uuid.uuid4()), str(uuid.uuid4())]
    for seq in range(1, 21):
        clock.shift(11)
        alice.post(URL, a_beat(one, seq=seq, session=tabs[0]))
        clock.shift(19)
        alice.post(URL, a_beat(two, seq=seq, session=tabs[1]))
    assert total() <= 600 + 30


def test_beats_that_drift_by_fractions_lose_nothing(clock, alice, lesson):
    tab = str(uuid.uuid4())
    alice.post(URL, a_beat(lesson, seq=1, session=tab))
    for seq in range(2, 22):
        clock.shift(29.7 if seq % 2 else 30.3)
        alice.post(URL, a_beat(lesson, seq=seq, session=tab))
    assert total() == 21 * 30


def test_after_a_sleep_of_eight_hours_at_most_a_minute_counts(clock, alice, lesson):
    tab = str(uuid.uuid4())
    alice.post(URL, a_beat(lesson, seq=1, session=tab))
    clock.shift(8 * 3600)
    assert credited(alice.post(URL, a_beat(lesson, seq=2, session=tab, seconds=8 * 3600))) == 60


def test_a_clock_that_steps_back_takes_nothing_away(clock, alice, lesson):
    tab = str(uuid.uuid4())
    alice.post(URL, a_beat(lesson, seq=1, session=tab))
    clock.shift(-3600)
    assert credited(alice.post(URL, a_beat(lesson, seq=2, session=tab))) == 0
    assert total() == 30


def test_a_learner_whose_clock_is_a_year_ahead_is_on_server_time(clock, alice, lesson):
    ahead = (NOON + dt.timedelta(days=365)).isoformat()
    assert credited(alice.post(URL, a_beat(lesson, recorded_at=ahead))) == 30
    assert StudyTime.objects.get().day == dt.date(2026, 3, 10)


BAD_SECONDS = [-1, 1e308, "12", None, 2**63, True, [], {}]


@pytest.mark.parametrize("seconds", BAD_SECONDS)
def test_seconds_that_are_no_time_are_refused_with_the_field_named(alice, lesson, seconds):
    answer = alice.post(URL, a_beat(lesson, seconds=seconds))
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert [e["field"] for e in answer.json()["errors"]] == ["seconds"]
    assert total() == 0


@pytest.mark.parametrize("literal", ["NaN", "Infinity", "-Infinity"])
@pytest.mark.parametrize("field", ["seconds", "position"])
def test_what_is_not_a_number_is_refused_with_the_field_named(alice, lesson, literal, field):
    body = (
        f'{{"lesson": {lesson.pk}, "client_session": "{uuid.uuid4()}", "seq": 1, "seconds": 1, "{field}": {literal}}}'
    )
    if field == "seconds":
        body = body.replace('"seconds": 1, ', "")
    answer = alice.client.post(URL, body, content_type="application/json")
    assert answer.status_code == 400
    assert [e["field"] for e in answer.json()["errors"]] == [field]


def test_zero_seconds_are_a_beat_that_credits_nothing(clock, alice, lesson):
    assert credited(alice.post(URL, a_beat(lesson, seconds=0))) == 0


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"seq": 0}, "seq"),
        ({"seq": 1.5}, "seq"),
        ({"client_session": "tab"}, "client_session"),
        ({"position": -1}, "position"),
        ({"rate": 0}, "rate"),
        ({"ranges": [[1]]}, "ranges"),
        ({"completed": "yes"}, "completed"),
        ({"recorded_at": "yesterday"}, "recorded_at"),
        ({"user_id": 7}, "user_id"),
        ({"xp": 1000}, "xp"),
    ],
)
def test_what_does_not_belong_is_named(alice, lesson, change, field):
    answer = alice.post(URL, {**a_beat(lesson), **change})
    assert answer.status_code == 400
    assert field in {e["field"] for e in answer.json()["errors"]}
    assert total() == 0


def test_an_unknown_lesson_is_not_there(alice, at_alice):
    assert alice.post(URL, a_beat(999_999)).status_code == 404
    assert alice.post(URL, a_beat(2**53 - 1)).status_code == 404


def test_a_course_without_enrolment_is_refused_and_nothing_is_stored(bob, course):
    answer = bob.post(URL, a_beat(lessons_of(course)[0]))
    assert (answer.status_code, answer.json()["code"]) == (403, "not_enrolled")
    assert not StudyTime.objects.exists()
    assert not LessonProgress.objects.exists()


def test_who_left_is_not_enrolled(alice, lesson, course):
    alice.delete(f"/api/courses/{course.pk}/enrollment/")
    Enrollment.objects.update(left_at=timezone.now())
    assert alice.post(URL, a_beat(lesson)).status_code == 403


def test_a_draft_or_an_unpublished_lesson_is_not_there(alice, lesson, course):
    hidden = a_lesson(lesson.module, title="Hidden", is_published=False)
    assert alice.post(URL, a_beat(hidden)).status_code == 404
    course.state = "draft"
    course.save()
    assert alice.post(URL, a_beat(lesson)).status_code == 404


def test_anonymous_is_told_to_sign_in_and_a_wrong_method_before_that(anonymous, lesson):
    assert anonymous.post(URL, a_beat(lesson)).status_code == 401
    assert anonymous.get(URL).status_code == 405


@pytest.fixture
def for_weeks(at_alice):
    """Alice took up the course long ago."""
    Enrollment.objects.filter(pk=at_alice.pk).update(started_at=NOON - dt.timedelta(days=30))


def test_a_beat_kept_offline_is_credited_to_its_own_hour_and_day(clock, alice, lesson, for_weeks):
    alice.post(URL, a_beat(lesson))
    evening = NOON - dt.timedelta(hours=20)
    assert credited(alice.post(URL, a_beat(lesson, recorded_at=evening.isoformat(), seconds=45))) == 45
    late = StudyTime.objects.get(day=dt.date(2026, 3, 9))
    assert (late.seconds, late.hour) == (45, evening)


def test_beats_kept_offline_never_fill_more_than_their_hour(clock, alice, lesson, for_weeks):
    start = NOON - dt.timedelta(hours=5)
    for n in range(63):
        when = (start + dt.timedelta(seconds=50 * n)).isoformat()
        alice.post(URL, a_beat(lesson, recorded_at=when, seconds=60))
    assert StudyTime.objects.get(hour=start).seconds == 3600


def test_a_beat_older_than_three_days_is_answered_and_credits_nothing(clock, alice, lesson, for_weeks):
    old = (NOON - dt.timedelta(hours=72, seconds=1)).isoformat()
    assert credited(alice.post(URL, a_beat(lesson, recorded_at=old))) == 0
    assert total() == 0


def test_nobody_studied_offline_before_taking_up_the_course(clock, alice, lesson, at_alice):
    before = (at_alice.started_at - dt.timedelta(seconds=1)).isoformat()
    assert credited(alice.post(URL, a_beat(lesson, recorded_at=before, completed=True))) == 0
    assert total() == 0
    assert LessonProgress.objects.get(lesson=lesson).completed_at == NOON


@pytest.mark.parametrize("when", ["0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59-12:00", "1969-01-01T00:00:00Z"])
def test_instants_at_the_ends_of_time_break_nothing(alice, lesson, when):
    assert alice.post(URL, a_beat(lesson, recorded_at=when)).status_code in {200, 400}


def test_a_lesson_finished_offline_was_finished_on_its_own_day(clock, alice, lesson, for_weeks):
    evening = NOON - dt.timedelta(hours=20)
    alice.post(URL, a_beat(lesson, recorded_at=evening.isoformat(), completed=True))
    progress = LessonProgress.objects.get(lesson=lesson)
    assert (progress.completed_at, progress.completed_day) == (evening, dt.date(2026, 3, 9))


def test_beats_in_one_request_are_each_judged_alone(clock, alice, lesson, other_course):
    foreign = lessons_of(other_course)[0]
    bad = a_beat(lesson, seconds=-5)
    beats = [a_beat(lesson), bad, a_beat(foreign), a_beat(999_999)]
    answer = alice.post(URL, {"beats": beats}).json()
    assert [r["credited_seconds"] for r in answer["results"]] == [30, 0, 0, 0]
    assert [(r["problem"] or {}).get("status") for r in answer["results"]] == [None, 400, 403, 404]
    assert [r["client_session"] for r in answer["results"]] == [b["client_session"] for b in beats]
    assert answer["results"][1]["problem"]["errors"][0]["field"] == "seconds"
    assert [p["lesson"] for p in answer["lesson_progress"]] == [lesson.pk]


def test_more_than_a_hundred_beats_at_once_are_refused(alice, lesson):
    assert alice.post(URL, {"beats": [a_beat(lesson)] * 101}).status_code == 400
    assert alice.post(URL, {"beats": []}).status_code == 400


def test_completing_a_lesson_without_minimum_time_needs_one_click(clock, alice, lesson):
    answer = alice.post(URL, a_beat(lesson, seconds=1, completed=True)).json()
    assert answer["lesson_progress"]["status"] == "completed"
    assert answer["enrollment"]["percent"] == 50.0
    assert [a["key"] for a in answer["new_achievements"]] == ["first_steps"]
    assert answer["xp_awarded"] == 10
    assert answer["streak"] == 1


def test_a_second_click_pays_nothing_and_keeps_the_first_instant(clock, alice, lesson):
    first = alice.post(URL, a_beat(lesson, completed=True)).json()
    clock.shift(3600)
    again = alice.post(URL, a_beat(lesson, completed=True)).json()
    assert again["lesson_progress"]["completed_at"] == first["lesson_progress"]["completed_at"]
    assert (again["xp_awarded"], again["new_achievements"], again["streak"]) == (0, [], None)
    assert again["enrollment"]["completed_lessons"] == 1


def test_the_minimum_time_is_missing_until_it_is_credited(clock, alice, course, at_alice):
    slow = a_lesson(course.modules.get(), title="Slow", min_seconds=60)
    tab = str(uuid.uuid4())
    answer = alice.post(URL, a_beat(slow, seq=1, session=tab, completed=True)).json()
    assert answer["lesson_progress"]["missing"] == [{"what": "seconds", "have": 30.0, "need": 60.0}]
    assert answer["lesson_progress"]["status"] == "in_progress"
    clock.shift(30)
    answer = alice.post(URL, a_beat(slow, seq=2, session=tab, completed=True)).json()
    assert (answer["lesson_progress"]["status"], answer["lesson_progress"]["missing"]) == ("completed", [])


def test_asking_for_completion_never_forces_video_or_practice(alice, course, at_alice):
    module = course.modules.get()
    video = a_lesson(module, title="Film", kind="video", duration_seconds=100)
    practice = a_lesson(module, title="Quiz", kind="practice")
    for lesson, what in ((video, "coverage"), (practice, "practice")):
        progress = alice.post(URL, a_beat(lesson, completed=True)).json()["lesson_progress"]
        assert progress["status"] == "in_progress"
        assert [m["what"] for m in progress["missing"]] == [what]


def test_a_later_beat_never_undoes_completion(clock, alice, lesson):
    alice.post(URL, a_beat(lesson, completed=True))
    clock.shift(30)
    assert alice.post(URL, a_beat(lesson)).json()["lesson_progress"]["status"] == "completed"


def test_a_view_is_one_opening_in_half_an_hour(clock, alice, lesson):
    tab = str(uuid.uuid4())
    for seq in range(1, 4):
        alice.post(URL, a_beat(lesson, seq=seq, session=tab))
        clock.shift(30)
    assert LessonView.objects.count() == 1
    clock.shift(31 * 60)
    alice.post(URL, a_beat(lesson, seq=9, session=tab))
    assert LessonView.objects.count() == 2


def test_an_hour_in_kathmandu_belongs_to_two_days(clock, alice, lesson):
    """18:00 UTC is 23:45 in Kathmandu: the UTC hour holds both sides of midnight."""
    alice.user.time_zone = "Asia/Kathmandu"
    alice.user.save()
    clock.move_to(NOON.replace(hour=18, minute=10))
    alice.post(URL, a_beat(lesson))
    clock.shift(10 * 60)
    alice.post(URL, a_beat(lesson))
    assert sorted(StudyTime.objects.values_list("day", flat=True)) == [dt.date(2026, 3, 10), dt.date(2026, 3, 11)]
    assert StudyTime.objects.values("hour").distinct().count() == 1


def test_the_totals_are_the_sums_of_the_facts(clock, alice, course, at_alice):
    for lesson in lessons_of(course):
        tab = str(uuid.uuid4())
        for seq in range(1, 5):
            clock.shift(25)
            alice.post(URL, a_beat(lesson, seq=seq, session=tab))
    enrolled(alice.user, course)
    place = Enrollment.objects.get()
    assert place.seconds == total() == sum(LessonProgress.objects.values_list("seconds", flat=True))


def test_a_video_completes_by_itself_at_95_percent(clock, alice, course, at_alice):
    film = a_lesson(course.modules.get(), title="Film", kind="video", duration_seconds=100)
    tab = str(uuid.uuid4())
    state = None
    for seq, (start, end) in enumerate([(0, 30), (30, 60), (60, 90)], start=1):
        state = alice.post(URL, a_beat(film, seq=seq, session=tab, position=end, ranges=[[start, end]])).json()
        clock.shift(30)
    assert state["lesson_progress"]["coverage"] == 90.0
    assert state["lesson_progress"]["status"] == "in_progress"
    state = alice.post(URL, a_beat(film, seq=9, session=tab, seconds=6, position=96, ranges=[[90, 96]])).json()
    assert (state["lesson_progress"]["coverage"], state["lesson_progress"]["status"]) == (96.0, "completed")


def test_more_video_than_time_has_passed_is_refused_and_nothing_is_stored(clock, alice, course, at_alice):
    film = a_lesson(course.modules.get(), title="Film", kind="video", duration_seconds=1000)
    answer = alice.post(URL, a_beat(film, ranges=[[0, 900]]))
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "ranges"
    assert not LessonProgress.objects.exists()


def test_at_double_speed_ten_minutes_are_seen_in_five(clock, alice, course, at_alice):
    film = a_lesson(course.modules.get(), title="Film", kind="video", duration_seconds=600)
    tab = str(uuid.uuid4())
    state = None
    for n in range(10):
        clock.shift(30)
        beat = a_beat(film, seq=n + 1, session=tab, rate=2, ranges=[[n * 60, n * 60 + 60]])
        state = alice.post(URL, beat).json()
    assert state["lesson_progress"]["status"] == "completed"
    assert total() == 300
