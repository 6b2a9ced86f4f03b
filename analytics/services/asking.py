"""How a course asks about its learners: thresholds, and names or aliases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from analytics.models import RiskThresholds, StudentLine
from analytics.services.lines import place_course
from analytics.services.risk import thresholds_of
from learning import outbox
from learning.models import Course, User
from learning.services.aliases import show_aliases

NAMES = (
    "inactive_days", "stuck_days", "failed_attempts", "topic_questions", "rushing_percent", "grace_days", "head_start",
)  # fmt: skip
RENAME = "analytics.rename_students"


@transaction.atomic
def change(course: Course, said: Mapping[str, Any], *, by: User, at: dt.datetime) -> RiskThresholds:
    """Keep what is said and leave the rest as it is. Thresholds count from the next night on; aliases at once."""
    thresholds = thresholds_of(course)
    wanted = {name: said[name] for name in NAMES if name in said}
    if wanted:
        RiskThresholds.objects.update_or_create(course=course, defaults=wanted)
        thresholds = thresholds_of(course)
    if "learners_by_alias" in said and show_aliases(course, on=said["learners_by_alias"], by=by, at=at):
        # Until the lines are written anew nobody is found by what they were called before.
        StudentLine.objects.filter(course=course).update(name="")
        outbox.put(RENAME, f"{RENAME}:{course.pk}:{at.isoformat()}", {"course": course.pk}, at=at)
    return thresholds


@outbox.handles(RENAME, queue="reports", lease=dt.timedelta(minutes=5))
def rename(key: str, payload: dict[str, Any]) -> None:
    """Safe to run twice: the lines say what the enrolments say."""
    course = Course.objects.filter(pk=payload["course"]).first()
    if course is not None:
        place_course(course)
