"""Taking up a course, leaving it, coming back."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from learning.kinds import Effect
from learning.models import Course, Enrollment, User
from learning.services.completion import finish_if_done
from learning.services.progress import hold_courses, recount_enrollments
from learning.signals import LearnerEnrolled, LearnerLeft, learner_enrolled, learner_left


@transaction.atomic
def enroll(*, learner: User, course: Course, at: dt.datetime) -> tuple[Enrollment, bool, list[Effect]]:
    """The learner's place in the course, whether this call made or reopened it, and what followed. Again: nothing."""
    hold_courses([course.pk])  # a lesson added at this moment is counted by one of the two
    enrollment, is_new = Enrollment.objects.get_or_create(
        learner=learner, course=course, defaults={"started_at": at, "required_lessons": course.required_lessons}
    )
    returned = not is_new and Enrollment.objects.filter(pk=enrollment.pk).exclude(left_at=None).update(left_at=None)
    if not (is_new or returned):
        return enrollment, False, []
    recount_enrollments(Enrollment.objects.filter(pk=enrollment.pk))
    enrollment.refresh_from_db()
    effects = learner_enrolled.announce(LearnerEnrolled(enrollment, at, is_first=is_new))
    _, more = finish_if_done(enrollment, at=at)
    return enrollment, True, effects + more


@transaction.atomic
def leave(*, learner: User, course: Course, at: dt.datetime) -> bool:
    """Out of the course, with everything kept for a return; False when there was nothing to leave."""
    here = Enrollment.objects.current().select_related("learner", "course").filter(learner=learner, course=course)
    enrollment = here.first()
    if enrollment is None or not here.update(left_at=at):
        return False
    learner_left.announce(LearnerLeft(enrollment, at))
    return True
