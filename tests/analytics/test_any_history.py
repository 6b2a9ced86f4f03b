"""Whatever happened, in whatever order it was counted: the counted days are what a plain loop over the facts says."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import Counter, defaultdict
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.kinds.ranges import Range
from analytics.models import CourseDay, CourseHour, LessonDay, Rollup
from analytics.selectors.history import history
from analytics.services.rollups import close_days, rebuild, reopen
from chat.models import Conversation, Message
from learning.models import Course, Enrollment, LessonProgress, LessonView, StudyTime
from learning.services.people import make_instructor
from learning.zones import day_at, zone
from tests.analytics.test_small_course import asks
from tests.builders import a_course, a_user, lessons_of

ZONE = "Asia/Kolkata"  # half an hour beside the clock: an hour of UTC lies in two of its days
START = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
END = START + dt.timedelta(days=9)
HOURS = st.integers(0, 8 * 24 - 1)
WHO, WHAT = st.integers(0, 3), st.integers(0, 1)
ACTS = st.one_of(
    st.tuples(st.just("studies"), WHO, WHAT, HOURS),
    st.tuples(st.just("opens"), WHO, WHAT, HOURS),
    st.tuples(st.just("completes"), WHO, WHAT, HOURS),
    st.tuples(st.just("finishes"), WHO, WHAT, HOURS),
    st.tuples(st.just("asks"), WHO, WHAT, HOURS),
    st.tuples(st.just("leaves"), WHO, WHAT, HOURS),
    st.tuples(st.just("returns"), WHO, WHAT, HOURS),
    st.tuples(st.just("teaches"), WHO, WHAT, HOURS),
    st.tuples(st.just("night"), WHO, WHAT, HOURS),
)


@pytest.fixture
def stage(db):
    teacher = a_user("ines@example.org")
    course = a_course(teacher, time_zone=ZONE)
    people = [a_user(f"p{n}@example.org", zone=ZONE) for n in range(4)]
    return SimpleNamespace(course=course, teacher=teacher, people=people, lessons=lessons_of(course))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ACTS, max_size=30))
def test_counted_days_are_what_a_loop_over_the_facts_says(stage, acts):
    _clear(stage)
    for act in acts:
        _do(stage, *act)
    close_days(at=END)
    _compare(stage)
    rows = _rows()
    rebuild(at=END, courses=[stage.course.pk], told=lambda done, of: None)
    assert _rows() == rows


def _clear(stage) -> None:
    for model in (StudyTime, LessonView, LessonProgress, Message, Conversation, Enrollment, CourseDay, CourseHour):
        model.objects.all().delete()
    LessonDay.objects.all().delete()
    Rollup.objects.all().delete()
    stage.course.instructors.set([stage.teacher])
    for n, person in enumerate(stage.people):
        at = START + dt.timedelta(hours=17 * n)
        Enrollment.objects.create(learner=person, course=stage.course, started_at=at, required_lessons=2)


def _do(stage, what: str, who: int, which: int, hour: int) -> None:
    """Facts as they come to lie; a day that is over already is said to be late, as the product says it."""
    at, person, lesson = START + dt.timedelta(hours=hour, minutes=20), stage.people[who], stage.lessons[which]
    day = day_at(at, ZONE)
    place = Enrollment.objects.filter(learner=person)
    if what == "night":
        close_days(at=at)
        return
    if what == "studies":
        known = {"learner": person, "course": stage.course, "lesson": lesson, "day": day, "course_day": day}
        row, _ = StudyTime.objects.get_or_create(hour=at.replace(minute=0), **known, defaults={"seconds": 0})
        StudyTime.objects.filter(pk=row.pk).update(seconds=min(row.seconds + 100, 3600))
    elif what == "opens":
        LessonView.objects.get_or_create(learner=person, lesson=lesson, at=at, day=day, course_day=day)
    elif what == "completes":
        completed = {"completed_at": at, "completed_day": day, "completed_hour": 0}
        LessonProgress.objects.get_or_create(learner=person, lesson=lesson, defaults=completed)
    elif what == "finishes":
        place.filter(completed_at=None, started_at__lte=at).update(completed_at=at)
    elif what == "asks":
        asks(person, stage.course, at, questions=which + 1)
    elif what == "leaves":
        place.update(left_at=at)
    elif what == "returns":
        place.update(left_at=None)
    elif what == "teaches":
        make_instructor(person, stage.course, at=at)
    reopen(stage.course.pk, day)


def _counts(stage) -> set[int]:
    teachers = set(stage.course.instructors.values_list("pk", flat=True))
    return {e.learner_id for e in Enrollment.objects.filter(left_at=None)} - teachers


def _naive(stage):
    """Every fact looked at once, in Python."""
    who = _counts(stage)
    days, active, hours, lessons = defaultdict(Counter), defaultdict(set), Counter(), defaultdict(Counter)
    for e in Enrollment.objects.all():
        if e.learner_id in who:
            days[day_at(e.started_at, ZONE)]["enrollments"] += 1
            if e.completed_at:
                taken = int((e.completed_at - e.started_at).total_seconds())
                days[day_at(e.completed_at, ZONE)].update(course_completions=1, seconds_to_complete=taken)
    for t in StudyTime.objects.all():
        if t.learner_id in who:
            days[t.course_day]["seconds"] += t.seconds
            active[t.course_day].add(t.learner_id)
            hours[t.course_day, t.hour.astimezone(zone(ZONE)).hour, "seconds"] += t.seconds
            lessons[t.lesson_id, t.course_day]["seconds"] += t.seconds
    seen = set()
    for v in LessonView.objects.order_by("at"):
        if v.learner_id in who:
            active[v.course_day].add(v.learner_id)
            is_new = (v.learner_id, v.lesson_id) not in seen
            lessons[v.lesson_id, v.course_day].update(views=1, new_viewers=int(is_new))
            seen.add((v.learner_id, v.lesson_id))
    for p in LessonProgress.objects.exclude(completed_at=None):
        if p.learner_id in who:
            active[day_at(p.completed_at, ZONE)].add(p.learner_id)
            lessons[p.lesson_id, day_at(p.completed_at, ZONE)]["completions"] += 1
    for m in Message.objects.filter(role="user"):
        if m.asker_id in who:
            days[day_at(m.created_at, ZONE)]["questions"] += 1
            hours[day_at(m.created_at, ZONE), m.created_at.astimezone(zone(ZONE)).hour, "questions"] += 1
    for day, people in active.items():
        days[day]["active"] = len(people)
    return days, hours, lessons


def _without_zeros(counter) -> dict:
    return {key: value for key, value in counter.items() if value}


def _compare(stage) -> None:
    days, hours, lessons = _naive(stage)
    for row in CourseDay.objects.all():
        said = {f: getattr(row, f) for f in FIELDS[CourseDay]}
        assert _without_zeros(said) == _without_zeros(days.pop(row.day, {})), row.day
    assert not any(_without_zeros(one) for one in days.values())
    said = Counter()
    for row, word in itertools.product(CourseHour.objects.all(), FIELDS[CourseHour]):
        said[row.day, row.hour, word] += getattr(row, word)
    assert _without_zeros(said) == _without_zeros(hours)
    for row in LessonDay.objects.all():
        said = {f: getattr(row, f) for f in FIELDS[LessonDay]}
        assert _without_zeros(said) == _without_zeros(lessons.pop((row.lesson_id, row.day), {}))
    assert not any(_without_zeros(one) for one in lessons.values())
    course = Course.objects.select_related("rollup").get(pk=stage.course.pk)
    counted = _seen(course)
    Rollup.objects.filter(course=course).update(closed_until=None)
    assert _seen(Course.objects.select_related("rollup").get(pk=course.pk)) == counted  # all of it read live


def _seen(course):
    found = history(course, Range.of({"period": "all"}, zone=ZONE, opened=START.date, at=END))
    return {day: (one, until.learners) for day, one, until in found.until()}


FIELDS = {
    CourseDay: ("enrollments", "active", "seconds", "course_completions", "seconds_to_complete", "questions"),
    CourseHour: ("seconds", "questions"),
    LessonDay: ("views", "new_viewers", "completions", "seconds"),
}


def _rows():
    return [sorted(model.objects.values_list("day", *fields)) for model, fields in FIELDS.items()]
