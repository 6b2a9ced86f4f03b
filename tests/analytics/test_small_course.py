"""One small course, worked out by hand: every number of the overview, counted live and after the night.

The course is in Lisbon (UTC in winter), four required lessons. It is Wednesday 14 January 2026, noon.

  Ana   enrols Mon 5, 10:00; that day 600 s in lesson 1 and done; Tue 6 1,200 s in lesson 2 and done;
        Wed 7 lessons 3 and 4 done with 300 s each, at 10:00: finished after 2.0 days. Asks 3 questions on the 6th.
  Ben   enrols Tue 6, 09:00; 900 s in lesson 1 and done on the 8th; idle since. Asks nothing.
  Cleo  enrols Sun 11, 23:50 (already Monday in Madrid, where she lives); 60 s in lesson 1 at 23:55.
  Dan   enrols on the 12th and does nothing.
  Eve   enrols on the 5th, studies 5,000 s, leaves on the 9th: in no number.
  Ines  teaches the course and tries lesson 1 as a learner: in no number.
"""

from __future__ import annotations

import datetime as dt
import uuid
from types import SimpleNamespace
from typing import Any

import pytest

from analytics.kinds.ranges import Range
from analytics.models import CourseDay, CourseHour, LessonDay, Rollup
from analytics.selectors.overview import overview
from analytics.selectors.places import Place, opened_on
from analytics.services.rollups import close_days, rebuild, reopen
from chat.kinds import Role
from chat.models import Conversation, Message
from learning.kinds import Beat
from learning.models import LessonView, StudyTime, User
from learning.services.completion import complete_lesson
from learning.services.enrollment import leave
from learning.services.tracking import record_beat
from learning.zones import day_at
from tests.builders import a_course, a_user, enrolled, lessons_of

NOON = dt.datetime(2026, 1, 14, 12, tzinfo=dt.UTC)


def on(day: int, hour: int = 10, minute: int = 0) -> dt.datetime:
    return dt.datetime(2026, 1, day, hour, minute, tzinfo=dt.UTC)


def studies(user: User, lesson: Any, at: dt.datetime, seconds: int) -> None:
    """Seconds of one hour, and the view that they begin with."""
    StudyTime.objects.create(
        learner=user,
        course_id=lesson.course_id,
        lesson=lesson,
        hour=at.replace(minute=0),
        day=user.day_at(at),
        course_day=day_at(at, lesson.course.time_zone),
        seconds=seconds,
    )
    LessonView.objects.create(
        learner=user, lesson=lesson, at=at, day=user.day_at(at), course_day=day_at(at, lesson.course.time_zone)
    )
    user.enrollments.filter(course=lesson.course_id).update(
        seconds=sum(StudyTime.objects.filter(learner=user).values_list("seconds", flat=True)),
        last_accessed_at=at,
        first_activity_at=at,
    )


def asks(user: User, course: Any, at: dt.datetime, questions: int) -> None:
    talk = Conversation.objects.create(course=course, asker=user, title="Why?", last_message_at=at, created_at=at)
    for _ in range(questions):
        question = Message.objects.create(
            conversation=talk,
            course=course,
            asker=user,
            role=Role.USER,
            content="Why?",
            client_message_id=uuid.uuid4(),
            created_at=at,
        )
        Message.objects.create(
            conversation=talk,
            course=course,
            asker=user,
            role=Role.ASSISTANT,
            content="So.",
            answers=question,
            created_at=at,
        )


@pytest.fixture
def small(db) -> SimpleNamespace:
    ines = a_user("ines@example.org", name="Ines")
    course = a_course(ines, lessons=4, time_zone="Europe/Lisbon")
    lessons = lessons_of(course)
    ana, ben, dan, eve = (a_user(f"{name}@example.org", name=name) for name in ("ana", "ben", "dan", "eve"))
    cleo = a_user("cleo@example.org", zone="Europe/Madrid", name="cleo")
    places = {
        "ana": enrolled(ana, course, at=on(5)),
        "ben": enrolled(ben, course, at=on(6, 9)),
        "cleo": enrolled(cleo, course, at=on(11, 23, 50)),
        "dan": enrolled(dan, course, at=on(12)),
        "eve": enrolled(eve, course, at=on(5)),
        "ines": enrolled(ines, course, at=on(5)),
    }
    for lesson, day, seconds in zip(lessons, (5, 6, 7, 7), (600, 1200, 300, 300), strict=True):
        studies(ana, lesson, on(day), seconds)
        complete_lesson(enrollment=places["ana"], lesson=lesson, at=on(day))
    asks(ana, course, on(6, 11), questions=3)
    studies(ben, lessons[0], on(8, 21), 900)
    complete_lesson(enrollment=places["ben"], lesson=lessons[0], at=on(8, 21))
    studies(cleo, lessons[0], on(11, 23, 55), 60)
    studies(eve, lessons[0], on(5, 12), 5000 - 3700)
    studies(eve, lessons[1], on(5, 12), 3700)
    leave(learner=eve, course=course, at=on(9))
    studies(ines, lessons[0], on(5), 2000)
    complete_lesson(enrollment=places["ines"], lesson=lessons[0], at=on(5))
    return SimpleNamespace(course=course, lessons=lessons, ana=ana, ben=ben, cleo=cleo, eve=eve, ines=ines)


def looked_at(course: Any, at: dt.datetime = NOON, **query: str) -> dict[str, Any]:
    course = type(course).objects.select_related("rollup").get(pk=course.pk)
    days = Range.of(query or {"period": "all"}, zone=course.time_zone, opened=lambda: opened_on(course, at=at), at=at)
    return overview(Place(course.instructors.first(), course, days, at))


def by_hand(found: dict[str, Any]) -> None:
    """What the story above comes to."""
    assert found["stats"] == {
        "total_students": 4,
        "active_students": 2,  # Ben's last day is the 8th, the first of the seven that end on the 14th; and Cleo
        "average_progress": 31.25,  # 4 + 1 + 0 + 0 of 16
        "total_seconds": 2400 + 900 + 60,
        "completion_rate": 25.0,
        "average_days_to_complete": 2.0,
    }
    assert [(s["stage"], s["count"], s["percent"]) for s in found["funnel"]] == [
        ("enrolled", 4, 100),
        ("started", 3, 75),
        ("p25", 2, 50),
        ("p50", 1, 25),
        ("p75", 1, 25),
        ("completed", 1, 25),
    ]
    assert {b["bin"]: b["count"] for b in found["distribution"] if b["count"]} == {"0": 2, "20-29": 1, "100": 1}
    days = {one["date"].day: one for one in found["series"]}
    assert list(days) == list(range(5, 15))
    columns = ("enrollments", "active", "lessons_completed", "course_completions", "questions", "seconds")
    assert {day: tuple(one[c] for c in columns) for day, one in days.items() if any(one[c] for c in columns)} == {
        5: (1, 1, 1, 0, 0, 600),
        6: (1, 1, 1, 0, 3, 1200),  # six messages: three of them questions, and none of them times the study time
        7: (0, 1, 2, 1, 0, 600),
        8: (0, 1, 1, 0, 0, 900),
        11: (1, 1, 0, 0, 0, 60),  # in Lisbon it is still the 11th
        12: (1, 0, 0, 0, 0, 0),
    }
    assert [days[n]["total_enrollments"] for n in (5, 6, 10, 11, 12, 14)] == [1, 2, 2, 3, 4, 4]
    assert [days[n]["completion_rate"] for n in (6, 7, 11, 14)] == [0, 50, 33.33, 25]
    assert [days[n]["average_progress"] for n in (5, 6, 7, 8, 14)] == [25, 25, 50, 62.5, 31.25]
    assert found["hours"] == [
        {"weekday": 0, "hour": 10, "seconds": 600},
        {"weekday": 1, "hour": 10, "seconds": 1200},
        {"weekday": 2, "hour": 10, "seconds": 600},
        {"weekday": 3, "hour": 21, "seconds": 900},
        {"weekday": 6, "hour": 23, "seconds": 60},
    ]
    assert sum(one["seconds"] for one in found["heatmap"]) == 3360
    assert sum(one["lessons"] for one in found["heatmap"]) == 5
    assert len(found["heatmap"]) == 84


def test_every_number_is_what_a_hand_comes_to_live_and_after_the_night(small):
    by_hand(looked_at(small.course))
    assert close_days(at=NOON) == 1
    assert Rollup.objects.get().closed_until == dt.date(2026, 1, 13)
    by_hand(looked_at(small.course))
    assert [(row.day.day, row.active, row.seconds, row.questions) for row in CourseDay.objects.order_by("day")] == [
        (5, 1, 600, 0),
        (6, 1, 1200, 3),
        (7, 1, 600, 0),
        (8, 1, 900, 0),
        (11, 1, 60, 0),
        (12, 0, 0, 0),  # the 9th, 10th and 13th repeat nothing: they have no row
    ]
    first = LessonDay.objects.filter(lesson=small.lessons[0])
    counted = [(row.day.day, row.views, row.new_viewers, row.completions, row.seconds) for row in first.order_by("day")]
    assert counted == [(5, 1, 1, 1, 600), (8, 1, 1, 1, 900), (11, 1, 1, 0, 60)]


def rows() -> list[Any]:
    return [list(model.objects.order_by("day").values_list()[:]) for model in (CourseDay, CourseHour, LessonDay)]


def without_ids(found: list[Any]) -> list[Any]:
    return [sorted(row[1:] for row in table) for table in found]


def test_counting_again_changes_nothing_and_missed_nights_are_caught_up_with(small):
    close_days(at=on(9))
    assert close_days(at=on(9)) == 0
    assert Rollup.objects.get().closed_until == dt.date(2026, 1, 8)
    close_days(at=NOON)  # five nights later
    incremental = without_ids(rows())
    told = []
    rebuild(at=NOON, told=lambda done, of: told.append((done, of)))
    assert told == [(1, 1)]
    assert without_ids(rows()) == incremental


def test_what_comes_late_is_shown_at_once_and_counted_by_the_next_run(small):
    close_days(at=NOON)
    studies(small.ben, small.lessons[1], on(12, 9), 120)
    assert reopen(small.course.pk, dt.date(2026, 1, 12))
    assert not reopen(small.course.pk, dt.date(2026, 1, 13))  # later days are open already
    shown = {one["date"].day: one["seconds"] for one in looked_at(small.course)["series"]}
    assert (shown[11], shown[12]) == (60, 120)
    assert close_days(at=NOON) == 1
    assert CourseDay.objects.get(day=dt.date(2026, 1, 12)).seconds == 120
    assert Rollup.objects.get().stale_from is None


def test_a_beat_that_was_kept_offline_reopens_its_day(small):
    close_days(at=NOON)
    kept = Beat(
        lesson=small.lessons[1].pk,
        client_session=str(uuid.uuid4()),
        seq=1,
        seconds=45,
        recorded_at=on(12, 20),
    )
    record_beat(learner=small.ben, beat=kept, at=NOON)
    assert Rollup.objects.get().stale_from == dt.date(2026, 1, 12)
    shown = {one["date"].day: one["seconds"] for one in looked_at(small.course)["series"]}
    assert shown[12] == 45


def test_who_comes_back_is_in_every_number_again(small):
    close_days(at=NOON)
    enrolled(small.eve, small.course, at=NOON)
    tomorrow = NOON + dt.timedelta(days=1)
    close_days(at=tomorrow)
    days = {one["date"].day: one for one in looked_at(small.course, tomorrow)["series"]}
    assert (days[5]["seconds"], days[5]["active"], days[5]["enrollments"]) == (5600, 2, 2)


def test_trends_compare_the_end_of_the_range_with_its_start_and_say_nothing_of_a_few(small):
    week = looked_at(small.course, period="7d")
    assert week["trends"]["total_students"] == {"value": 4, "previous": 2, "change": None, "unit": "percent"}
    for n in range(4):
        enrolled(a_user(f"more{n}@example.org"), small.course, at=on(7, 12))
    week = looked_at(small.course, period="7d")["trends"]  # from the 8th on; on the 7th there were 6
    assert week["total_students"] == {"value": 8, "previous": 6, "change": 33.3, "unit": "percent"}
    assert week["completion_rate"] == {"value": 12.5, "previous": 16.67, "change": -4.17, "unit": "points"}
    assert week["total_seconds"] == {"value": 3360, "previous": 2400, "change": 40.0, "unit": "percent"}
    assert week["active_students"] == {"value": 2, "previous": 1, "change": 100.0, "unit": "percent"}
    assert week["average_days_to_complete"]["change"] is None
    everything = looked_at(small.course, period="all")["trends"]
    assert {one["change"] for one in everything.values()} == {None}
