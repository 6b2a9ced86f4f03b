"""What follows here from facts of learning. Each receiver has a savepoint of its own and answers with effects."""

from __future__ import annotations

from django.db import transaction
from django.dispatch import receiver

from analytics.services.lines import place
from learning.kinds import Effect
from learning.models import Enrollment
from learning.signals import LearnerEnrolled, learner_enrolled


@receiver(learner_enrolled, dispatch_uid="analytics.place_in_lists")
@transaction.atomic
def place_in_lists(event: LearnerEnrolled, **kwargs: object) -> list[Effect]:
    """Whoever enrols stands in their instructors' list at once."""
    place(Enrollment.objects.filter(pk=event.enrollment.pk))
    return []
