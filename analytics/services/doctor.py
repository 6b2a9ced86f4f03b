"""What must be true on this floor: nobody is missing from the lists, and courses are looked at every night."""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, OuterRef

from analytics.models import RiskDay
from analytics.services.lines import place_changed
from learning.doctor import Found, check
from learning.kinds import CourseState
from learning.models import Course, Enrollment

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
