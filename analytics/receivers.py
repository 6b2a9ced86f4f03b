"""What follows on this floor from what happens below. Each in a savepoint of its own."""

from __future__ import annotations

from django.db import transaction
from django.dispatch import receiver

from analytics.services.rollups import reopen
from learning.signals import StudyCameLate, study_came_late


@receiver(study_came_late, dispatch_uid="analytics.reopen_day")
@transaction.atomic
def reopen_day(event: StudyCameLate, **kwargs: object) -> None:
    """What came late is shown at once, and counted with its day by the next run."""
    reopen(event.course, event.course_day)
