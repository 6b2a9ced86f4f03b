"""The quiz bank: `quiz-app/**/en.json`, quizzes with numbers that lessons link to as `/quiz/N`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from learning.importing.folder import Folder
from learning.importing.report import OddQuestion, Unresolved
from learning.importing.source import Quiz, QuizQuestion, SourceCourse
from learning.importing.words import as_line, clean, cut

_BANK = re.compile(r"(^|/)quiz-app/(.+/)?en\.json$", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:^|/)quiz/(\d{1,9})/?(?:[?#].*)?$")
_RIGHT = {"true", "1", "yes"}


def quiz_number(address: str) -> int | None:
    """The N of an address that ends in `/quiz/N`."""
    found = _ADDRESS.search(address)
    return int(found[1]) if found else None


def read_quizzes(folder: Folder, course: SourceCourse) -> None:
    """Fill the course's bank. What is no quiz is reported; the first of two with one number counts."""
    for path in sorted(p for p in folder.files if _BANK.search(p)):
        for raw, questions in _raw_quizzes(folder.json(path)):
            number = _whole(raw.get("id"))
            if number is None or number in course.quizzes:
                why = _("another quiz has this number") if number is not None else _("a quiz without a number")
                course.unresolved.append(Unresolved(path, as_line(raw.get("id")) or "quiz", why))
                continue
            title = cut(as_line(raw.get("title")), 200) or _("Quiz %(number)s") % {"number": number}
            key = f"{path}#{number}"
            course.quizzes[number] = Quiz(number, key, title, list(_questions(questions, key, course)))


def _raw_quizzes(data: Any) -> Iterator[tuple[dict[str, Any], list[Any]]]:
    """Whatever stands around them, a quiz is a mapping with a list of questions."""
    waiting = [data]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += reversed(value)
        elif isinstance(value, dict):
            questions = value.get("quiz", value.get("questions"))
            if isinstance(questions, list):
                yield value, questions
            else:
                waiting += reversed(list(value.values()))


def _questions(raw: list[Any], path: str, course: SourceCourse) -> Iterator[QuizQuestion]:
    for value in raw:
        text = _words(value.get("questionText", value.get("question"))) if isinstance(value, dict) else ""
        if not text:
            course.unresolved.append(Unresolved(path, as_line(value)[:80] or "?", _("a question without a text")))
            continue
        answers = value.get("answerOptions", value.get("answers"))
        question = QuizQuestion(text, list(_choices(answers)), _words(value.get("explanation")))
        if question.right_answers != 1:
            course.odd_questions.append(OddQuestion(path, cut(as_line(text), 120), question.right_answers))
        yield question


def _choices(raw: Any) -> Iterator[tuple[str, bool]]:
    for value in raw if isinstance(raw, list) else []:
        if isinstance(value, dict):
            yield _words(value.get("answerText", value.get("text"))), _is_right(value.get("isCorrect"))


def _is_right(value: object) -> bool:
    return str(value).strip().lower() in _RIGHT


def _words(value: object) -> str:
    return "" if value is None or isinstance(value, (list, dict)) else clean(str(value)).strip()


def _whole(value: object) -> int | None:
    text = as_line(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
