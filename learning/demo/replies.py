"""A right and a wrong answer to every question of the demo, marked once by the product's own rule."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from learning import scoring
from learning.kinds import QuestionKind
from learning.models import Lesson, Question


@dataclass(frozen=True)
class Reply:
    """How one question may be answered: `answers[False]` is wrong, `answers[True]` right, and so are the marks."""

    question: int
    answers: tuple[Any, Any]
    marks: tuple[dict[str, Any], dict[str, Any]]


def replies_to(lesson: Lesson) -> tuple[Reply, ...]:
    """For each question of a practice lesson, in order."""
    return tuple(_reply(question) for question in lesson.questions.prefetch_related("choices"))


def _reply(question: Question) -> Reply:
    answers = (_wrong(question), _right(question))
    wrong, right = (asdict(scoring.mark(question, answer)) for answer in answers)
    return Reply(question.pk, answers, (wrong, right))


def _right(question: Question) -> Any:
    right = scoring.right_answers(question)
    return sorted(right) if question.kind == QuestionKind.MULTIPLE else right[0]


def _wrong(question: Question) -> Any:
    match question.kind:
        case QuestionKind.SINGLE:
            return next(choice.pk for choice in question.choices.all() if not choice.is_correct)
        case QuestionKind.MULTIPLE:
            return sorted(scoring.right_answers(question))[:1]
        case QuestionKind.NUMBER:
            return (question.number or 0) * 10 + 1
        case _:
            return "I am not sure"
