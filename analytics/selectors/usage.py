"""How a course's assistant is used, in two counts for the overview. Its own page has the rest."""

from __future__ import annotations

from dataclasses import dataclass

from analytics.metrics.standing import percent
from analytics.selectors.places import Place
from chat.selectors.questions import Between, number, questions_of, unhelpful_answers_of, within
from learning.models import Course


@dataclass(frozen=True)
class BriefUsage:
    """Questions in a range, and how many of them the assistant did not help."""

    questions: int
    unanswered: int

    @property
    def unanswered_rate(self) -> float:
        return percent(self.unanswered, self.questions)


def brief_usage(place: Place) -> BriefUsage:
    """One statement."""
    between = Between(place.course, place.range.starts, place.range.ends)
    row = Course.objects.filter(pk=place.course.pk).values_list(
        number(within(questions_of(place.course), between)), number(within(unhelpful_answers_of(place.course), between))
    )
    return BriefUsage(*row.get())
