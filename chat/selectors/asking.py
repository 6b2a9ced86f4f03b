"""Who the assistant of a course is for."""

from __future__ import annotations

from learning.models import Course, User
from learning.selectors.outline import enrollment_of


def may_ask(asker: User, course: Course) -> bool:
    """Those who take the course and those who teach it; staff who do neither look on."""
    return enrollment_of(asker, course) is not None or course.instructors.filter(pk=asker.pk).exists()
