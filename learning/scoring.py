"""Whether an answer fits its question, and whether it is right. The server decides; no answer leaves before."""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from learning.exceptions import BadAnswers
from learning.kinds import QuestionKind
from learning.markdown import render_markdown
from learning.models import Question

LONGEST_TEXT = 500


@dataclass(frozen=True)
class Mark:
    """One question's result. `is_correct` is None where the question has no right answer and is not scored."""

    question: int
    is_correct: bool | None
    right: list[Any] = field(default_factory=list)
    explanation_html: str = ""


def checked(questions: list[Question], answers: dict[str, Any]) -> dict[str, Any]:
    """The answers in one form, or BadAnswers naming each that does not fit. A question may stay unanswered."""
    known = {str(q.pk): q for q in questions}
    problems = {key: _("There is no such question here.") for key in answers if key not in known}
    fitting: dict[str, Any] = {}
    for key, question in known.items():
        if answers.get(key) is None:
            continue
        problem = _misfit(question, answers[key])
        if problem:
            problems[key] = problem
        else:
            fitting[key] = _one_form(question, answers[key])
    if problems:
        raise BadAnswers(problems)
    return fitting


def _misfit(question: Question, value: Any) -> str:
    match question.kind:
        case QuestionKind.SINGLE:
            fits = _is_choice(question, value)
        case QuestionKind.MULTIPLE:
            fits = isinstance(value, list) and all(_is_choice(question, v) for v in value)
        case QuestionKind.NUMBER:
            fits = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300
        case _:
            fits = isinstance(value, str) and len(value) <= LONGEST_TEXT
    return "" if fits else _("This does not fit the question.")


def _is_choice(question: Question, value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value in {c.pk for c in question.choices.all()}


def _one_form(question: Question, value: Any) -> Any:
    return sorted(set(value)) if question.kind == QuestionKind.MULTIPLE else value


def mark(question: Question, answer: Any) -> Mark:
    """Whether this answer is right, with what would have been."""
    right = right_answers(question)
    is_correct = _is_right(question, answer, right) if right else None
    return Mark(question.pk, is_correct, right, render_markdown(question.explanation))


def right_answers(question: Question) -> list[Any]:
    """The right answers: ids of choices, accepted texts, or the number; empty when the question can't be scored."""
    if question.kind in {QuestionKind.SINGLE, QuestionKind.MULTIPLE}:
        return [c.pk for c in question.choices.all() if c.is_correct]
    if question.kind == QuestionKind.NUMBER:
        return [] if question.number is None else [question.number]
    return [line.strip() for line in question.accepted.splitlines() if line.strip()]


def _is_right(question: Question, answer: Any, right: list[Any]) -> bool:
    if answer is None:
        return False
    match question.kind:
        case QuestionKind.SINGLE:
            return answer in right  # two right ones in a bank: either will do
        case QuestionKind.MULTIPLE:
            return answer == sorted(right)
        case QuestionKind.NUMBER:
            return math.isclose(answer, right[0], rel_tol=1e-9, abs_tol=question.tolerance)
        case _:
            return _plain(answer) in {_plain(r) for r in right}


def _plain(text: str) -> str:
    """Case, width and runs of white space do not make an answer wrong."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
