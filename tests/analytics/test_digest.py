"""On Monday morning those who teach hear how many may need help, of all their courses together and without a name."""

from __future__ import annotations

import datetime as dt

import pytest

from analytics.models import RiskFlag
from analytics.services.digest import tell_instructors
from analytics.services.risk import judge_day
from learning.models import Course, User
from notifications.models import Delivery, Notification
from tests.analytics.facts import MONDAY, days, joined, studied
from tests.builders import a_course, a_user

pytestmark = pytest.mark.django_db
SUNDAY = MONDAY + dt.timedelta(days=27)
MORNING = dt.datetime.combine(SUNDAY + dt.timedelta(days=1), dt.time(8), tzinfo=dt.UTC)


def a_course_with_silent_learners(teacher: User, title: str, *names: str) -> Course:
    """Four learners who study every other day, and those with these names, who stopped after the second week."""
    course = a_course(teacher, title=title)
    for name in ("Ana", "Ben", "Cleo", "Dan", *names):
        learner = a_user(f"{name}.{title}@example.org".lower(), name=name)
        joined(learner, course, MONDAY)
        studied(learner, course, *days(MONDAY, *range(0, 14 if name in names else 28, 2)))
    judge_day(course, SUNDAY, at=MORNING)
    RiskFlag.objects.filter(course=course).update(shown_from=SUNDAY)
    return course


def told(person):
    return [(n.title, n.body) for n in Notification.objects.filter(learner=person.user, kind="at_risk_digest")]


def test_a_teacher_hears_once_a_week_of_all_courses_and_of_nobody_by_name(ines, igor):
    User.objects.filter(pk=ines.user.pk).update(time_zone="UTC")
    a_course_with_silent_learners(ines.user, "Stones", "Zoe")
    rivers = a_course_with_silent_learners(ines.user, "Rivers", "Zoe", "Yan")
    a_course_with_silent_learners(ines.user, "Clouds")
    a_course_with_silent_learners(igor.user, "Boats", "Xi")
    assert tell_instructors(at=MORNING) == 2
    assert tell_instructors(at=MORNING + dt.timedelta(hours=1)) == 0
    assert told(ines) == [
        ("3 learners may need help", "Rivers: 2. Stones: 1. The page shows why, and what you can do.")
    ]
    assert told(igor) == [("1 learner may need help", "Boats: 1. The page shows why, and what you can do.")]
    row = Notification.objects.get(learner=ines.user, kind="at_risk_digest")
    assert row.url == f"/admin/analytics/courses/{rivers.pk}/help/"
    page = ines.get(row.url).content.decode()
    assert "Zoe" in page
    assert "Yan" in page
    assert list(Delivery.objects.filter(kind="at_risk_digest").values_list("channel", flat=True)) == ["email"] * 2


@pytest.mark.parametrize("hours", [-24, -3, 6])
def test_it_is_told_on_monday_morning_where_the_teacher_lives(ines, hours):
    User.objects.filter(pk=ines.user.pk).update(time_zone="UTC")
    a_course_with_silent_learners(ines.user, "Stones", "Zoe")
    assert tell_instructors(at=MORNING + dt.timedelta(hours=hours)) == 0
    User.objects.filter(pk=ines.user.pk).update(time_zone="Asia/Tokyo")
    assert tell_instructors(at=MORNING - dt.timedelta(hours=9)) == 1


def test_where_nobody_needs_help_nothing_is_said(ines):
    User.objects.filter(pk=ines.user.pk).update(time_zone="UTC")
    course = a_course_with_silent_learners(ines.user, "Stones", "Zoe")
    RiskFlag.objects.update(dismissed_at=MORNING)
    assert tell_instructors(at=MORNING) == 0
    RiskFlag.objects.update(dismissed_at=None)
    Course.objects.filter(pk=course.pk).update(state="archived")
    assert tell_instructors(at=MORNING) == 0
