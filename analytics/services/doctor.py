"""What must be true on this floor: counted days are what the facts say, lists are whole, courses are looked at."""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, OuterRef, Sum

from analytics.models import CourseDay, RiskDay, Rollup
from analytics.services.lines import place_changed
from analytics.services.rollups import LATE_DAYS, ONE_DAY, bases_of, rebuild
from learning.doctor import Found, check
from learning.kinds import CourseState
from learning.models import Course, Enrollment, StudyTime
from learning.selectors.teaching import learners_of
from learning.zones import day_starts

LATE_JOB = dt.timedelta(days=2)


@check("analytics.lines", "learners who stand in no list of their course", repair=lambda at: place_changed())
def lines(at: dt.datetime) -> Found:
    return Found.rows(Enrollment.objects.filter(line=None))


@check("analytics.nights", "courses that nobody has looked at for two nights: does the clock run?", is_warning=True)
def nights(at: dt.datetime) -> Found:
    """A course that was published a moment ago has had no night yet."""
    since = (at - LATE_JOB).date()
    looked = RiskDay.objects.filter(course=OuterRef("pk"), day__gte=since - dt.timedelta(days=1))
    courses = Course.objects.filter(state=CourseState.PUBLISHED, published_at__lt=at - LATE_JOB)
    return Found.rows(courses.filter(~Exists(looked)))


def count_anew(at: dt.datetime) -> None:
    rebuild(at=at, told=lambda done, of: None)


@check("analytics.course_days", "courses whose counted days are not the sum of their facts", repair=count_anew)
def course_days(at: dt.datetime) -> Found:
    """By study time and enrolments. What came late, and what changed since the last night, waits for the next one."""
    rollups = Rollup.objects.exclude(closed_until=None).filter(stale_from=None).select_related("course")
    settled = list(rollups.order_by("pk"))
    bases = bases_of([one.pk for one in settled], {one.pk: one.course.time_zone for one in settled})
    wrong = [one for one in settled if one.basis == bases[one.pk] and _sums(one) != _facts(one)]
    return Found.each(one.course.slug for one in wrong)


def _until(rollup: Rollup) -> dt.date:
    assert rollup.closed_until is not None  # noqa: S101  (the check asks for no others)
    return rollup.closed_until - LATE_DAYS * ONE_DAY


def _sums(rollup: Rollup) -> tuple[int, int]:
    days = CourseDay.objects.filter(course=rollup.course, day__lte=_until(rollup))
    found = days.aggregate(seconds=Sum("seconds", default=0), people=Sum("enrollments", default=0))
    return found["seconds"], found["people"]


def _facts(rollup: Rollup) -> tuple[int, int]:
    course: Course = rollup.course
    people = learners_of(course)
    ends = day_starts(_until(rollup) + ONE_DAY, course.time_zone)
    out = course.enrollments.exclude(pk__in=people.values("pk")).values("learner")
    study = StudyTime.objects.filter(course=course, course_day__lte=_until(rollup)).exclude(learner__in=out)
    return study.aggregate(n=Sum("seconds", default=0))["n"], people.filter(started_at__lt=ends).count()
