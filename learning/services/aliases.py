"""Whether those who teach a course see its learners' names."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from learning.models import Course, User
from learning.services.audit import record


@transaction.atomic
def show_aliases(course: Course, *, on: bool, by: User, at: dt.datetime) -> bool:
    """Names or aliases from now on; whether that changed anything. It is written into the audit log."""
    if not Course.objects.filter(pk=course.pk, learners_by_alias=not on).update(learners_by_alias=on):
        return False
    course.learners_by_alias = on
    record("course.aliases", course, by=by, at=at, before={"aliases": not on}, after={"aliases": on})
    return True
