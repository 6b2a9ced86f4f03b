"""What follows on this floor from its own facts."""

from __future__ import annotations

from django.db import transaction
from django.dispatch import receiver

from learning.kinds import Effect
from learning.services.certificates import issue
from learning.signals import CourseCompleted, course_completed


@receiver(course_completed, dispatch_uid="learning.issue_certificate")
@transaction.atomic
def issue_certificate(event: CourseCompleted, **kwargs: object) -> list[Effect]:
    """A savepoint of its own: if this fails, the completed course still stands, and `rebuild_progress` issues it."""
    certificate = issue(event.enrollment, at=event.at)
    return [Effect("certificate", str(certificate.uuid), certificate.course_title)]
