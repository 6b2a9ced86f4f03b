"""What must be true on this floor: sums, counts, sessions, certificates, and an outbox that moves."""

from __future__ import annotations

import datetime as dt
from functools import partial

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from learning.doctor import Check, Found, add, check
from learning.kinds import LessonKind
from learning.models import (
    ClientSession,
    Course,
    Enrollment,
    LearningSession,
    Lesson,
    LessonProgress,
    Outbox,
    PracticeAttempt,
)
from learning.services.progress import counted
from learning.services.rebuild import (
    SUMS,
    CachedSum,
    add_missing_sessions,
    issue_missing_certificates,
    recount_courses,
    recount_seconds,
    without_certificate,
    wrong_sums,
)
from learning.services.retention import CLIENT_SESSIONS, DONE_OUTBOX_ROWS

# The relay looks twice a second and the clock sweeps every minute: what has waited longer waits for nobody.
LEASE_GRACE = dt.timedelta(minutes=5)
LONGEST_WAIT = dt.timedelta(hours=1)
# The daily job may be late by a day before anybody needs to hear of it.
LATE_JOB = dt.timedelta(days=1)

SAID = {
    "Enrollment": ("learning.enrollment_seconds", "enrolments whose study time is not the sum of their hours"),
    "LessonProgress": ("learning.lesson_seconds", "lessons of learners whose study time is not the sum of their hours"),
    "StudyClock": ("learning.clock_seconds", "learners whose newest day does not show the study time of that day"),
}


def repair_seconds(at: dt.datetime) -> None:
    recount_seconds()


def _find_sums(one: CachedSum, at: dt.datetime) -> Found:
    return Found.rows(wrong_sums(one))


for _sum in SUMS:
    add(Check(*SAID[_sum.model.__name__], find=partial(_find_sums, _sum), repair=repair_seconds))


def recount(at: dt.datetime) -> None:
    recount_courses(at=at)


@check("learning.course_counts", "courses that do not show the lessons they have", repair=recount)
def course_counts(at: dt.datetime) -> Found:
    published = Q(lessons__is_published=True)
    courses = Course.objects.annotate(
        lessons_now=Count("lessons", filter=published),
        required_now=Count("lessons", filter=published & Q(lessons__is_required=True)),
        minutes_now=Coalesce(Sum("lessons__estimated_minutes", filter=published), 0),
    )
    right = {
        "lessons_count": F("lessons_now"),
        "required_lessons": F("required_now"),
        "duration_minutes": F("minutes_now"),
    }
    return Found.rows(courses.exclude(**right))


@check("learning.enrollment_counts", "enrolments whose counts or percent are not those of completions", repair=recount)
def enrollment_counts(at: dt.datetime) -> Found:
    places = counted(Enrollment.objects.all())
    right = {
        "required_lessons": F("required_now"),
        "completed_lessons": F("completed_now"),
        "percent": F("percent_now"),
        "highest_percent__gte": F("percent"),
    }
    return Found.rows(places.exclude(**right))


@check("learning.unfinished", "enrolments with nothing left to do that are not finished", repair=recount)
def unfinished(at: dt.datetime) -> Found:
    done = Q(required_lessons__gt=0, completed_lessons=F("required_lessons"))
    return Found.rows(Enrollment.objects.current().filter(done, completed_at=None))


def _without_session(rows: QuerySet, day: str) -> QuerySet:
    mine = {"learner": OuterRef("learner"), "lesson": OuterRef("lesson"), "day": OuterRef(day)}
    return rows.exclude(Exists(LearningSession.objects.filter(**mine)))


@check("learning.sessions", "completions without their session", repair=lambda at: add_missing_sessions())
def sessions(at: dt.datetime) -> Found:
    done = LessonProgress.objects.filter(completed_at__isnull=False).exclude(lesson__kind=LessonKind.PRACTICE)
    attempts = PracticeAttempt.objects.finished()
    return Found.rows(_without_session(done, "completed_day")) + Found.rows(_without_session(attempts, "day"))


@check(
    "learning.certificates",
    "finished enrolments without a certificate",
    repair=lambda at: issue_missing_certificates(),
)
def certificates(at: dt.datetime) -> Found:
    return Found.rows(without_certificate())


@check("learning.lesson_course", "lessons that name another course than their module's")
def lesson_course(at: dt.datetime) -> Found:
    return Found.rows(Lesson.objects.exclude(course=F("module__course")))


def _waiting() -> QuerySet[Outbox]:
    return Outbox.objects.filter(state=Outbox.State.WAITING)


@check("outbox.leases", "outbox rows whose lease ran out and that nobody has taken again: does the relay run?")
def leases(at: dt.datetime) -> Found:
    return Found.rows(_waiting().filter(lease_until__lt=at - LEASE_GRACE))


@check("outbox.dead", "outbox rows that were given up: `manage.py outbox --try-again KIND` wakes them")
def dead(at: dt.datetime) -> Found:
    return Found.rows(Outbox.objects.filter(state=Outbox.State.DEAD))


@check("outbox.waiting", "outbox rows that should have been done an hour ago: does the relay run?")
def waiting(at: dt.datetime) -> Found:
    return Found.rows(_waiting().filter(lease_until=None, run_at__lt=at - LONGEST_WAIT))


@check("learning.kept", "rows that are kept longer than they are needed: does the clock run?", is_warning=True)
def kept(at: dt.datetime) -> Found:
    late = at - LATE_JOB
    rows = Outbox.objects.filter(state=Outbox.State.DONE, done_at__lt=late - DONE_OUTBOX_ROWS)
    return Found.rows(rows) + Found.rows(ClientSession.objects.filter(seen_at__lt=late - CLIENT_SESSIONS))
