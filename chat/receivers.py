"""What follows on this floor from what happens below."""

from __future__ import annotations

from django.db import transaction
from django.dispatch import receiver

from chat.services.passages import follow_course
from learning.kinds import Effect
from learning.signals import CourseChanged, course_changed


@receiver(course_changed, dispatch_uid="chat.follow_course")
@transaction.atomic
def follow_a_changed_course(event: CourseChanged, **kwargs: object) -> list[Effect]:
    """What was changed is found, and what is no longer published is not, from the moment of the change."""
    follow_course(event.course, at=event.at)
    return []
