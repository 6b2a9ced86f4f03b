"""How a course's assistant is used, in counts. Nobody's words: those are asked for elsewhere, by who may read them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q

from analytics.kinds.ranges import Range
from analytics.metrics.standing import percent
from chat.kinds import AnswerStatus, MessageStatus, Role
from chat.models import Message
from learning.models import Course
from learning.selectors.teaching import learners_of

UNANSWERED = (
    Q(answer__answer_status=AnswerStatus.UNANSWERED)
    | Q(answer__feedback=Message.Feedback.DOWN)
    | Q(answer__status=MessageStatus.FAILED)
)


@dataclass(frozen=True)
class Usage:
    """Questions in a range; of how many people; how many the assistant did not answer."""

    questions: int
    askers: int
    unanswered: int

    @property
    def unanswered_rate(self) -> float:
        return percent(self.unanswered, self.questions)


def assistant_usage(course: Course, days: Range) -> Usage:
    """A question is a message that a learner wrote; what the assistant wrote is none."""
    gone = course.enrollments.exclude(pk__in=learners_of(course).values("pk")).values("learner")
    asked = Message.objects.filter(
        role=Role.USER,
        conversation__course=course,
        conversation__last_message_at__gte=days.starts,
        created_at__gte=days.starts,
        created_at__lt=days.ends,
    ).exclude(asker__in=gone)
    found = asked.aggregate(
        questions=Count("pk"), askers=Count("asker", distinct=True), unanswered=Count("pk", filter=UNANSWERED)
    )
    return Usage(**found)
