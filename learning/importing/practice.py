"""Questions and their answers: the same words are the same row, what is left over is matched by its place."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TypeVar

from learning.importing.source import Quiz, QuizQuestion
from learning.kinds import QuestionKind
from learning.models import Choice, Lesson, Question

Row = TypeVar("Row", Question, Choice)
_BATCH = 200


def write_questions(practice: list[tuple[Lesson, Quiz]]) -> set[str]:
    """Give each lesson its quiz's questions; the source paths of the lessons where something changed."""
    rows: dict[int, list[Question]] = defaultdict(list)
    lessons = [lesson.pk for lesson, _ in practice]
    for row in Question.objects.filter(lesson__in=lessons).exclude(source_path="").prefetch_related("choices"):
        rows[row.lesson_id].append(row)
    changes = _Changes()
    for lesson, quiz in practice:
        changes.lesson = lesson.source_path
        _match_questions(lesson, quiz.questions, rows[lesson.pk], changes)
    changes.write()
    return changes.changed


class _Changes:
    """Rows to create, to update and to delete, gathered so that each is one statement."""

    def __init__(self) -> None:
        self.lesson = ""
        self.changed: set[str] = set()
        self.new: dict[type, list] = {Question: [], Choice: []}
        self.differing: dict[type, list] = {Question: [], Choice: []}
        self.gone: dict[type, list[int]] = {Question: [], Choice: []}

    def put(self, row: Question | Choice, wanted: dict[str, object]) -> None:
        differing = [name for name, value in wanted.items() if getattr(row, name) != value]
        for name, value in wanted.items():
            setattr(row, name, value)
        if row.pk is None:
            self.new[type(row)].append(row)
        elif differing:
            self.differing[type(row)].append(row)
        if row.pk is None or differing:
            self.changed.add(self.lesson)

    def drop(self, rows: list[Row]) -> None:
        for row in rows:
            self.gone[type(row)].append(row.pk)
            self.changed.add(self.lesson)

    def write(self) -> None:
        for model in (Choice, Question):
            model.objects.filter(pk__in=self.gone[model]).delete()
        for model, names in ((Question, _QUESTION), (Choice, _CHOICE)):
            model.objects.bulk_create(self.new[model], batch_size=_BATCH)
            model.objects.bulk_update(self.differing[model], names, batch_size=_BATCH)


_QUESTION = ["source_path", "kind", "text", "explanation", "position"]
_CHOICE = ["text", "is_correct", "position"]


def _match_questions(lesson: Lesson, wanted: list[QuizQuestion], rows: list[Question], changes: _Changes) -> None:
    keys = _keys(question.text for question in wanted)
    matched, gone = match(keys, rows, lambda row: row.source_path)
    changes.drop(gone)
    for position, (key, question, known) in enumerate(zip(keys, wanted, matched, strict=True)):
        row = known or Question(lesson=lesson)
        values = {
            "source_path": key,
            "kind": QuestionKind.MULTIPLE if question.right_answers > 1 else QuestionKind.SINGLE,
            "text": question.text,
            "explanation": question.explanation or row.explanation,
            "position": position,
        }
        changes.put(row, values)
        _match_choices(row, question, changes)


def _match_choices(row: Question, question: QuizQuestion, changes: _Changes) -> None:
    texts = [text for text, _ in question.choices]
    there = list(row.choices.all()) if row.pk else []
    matched, gone = match(_numbered(texts), there, _numbering())
    changes.drop(gone)
    for position, ((text, right), choice) in enumerate(zip(question.choices, matched, strict=True)):
        values = {"text": text, "is_correct": right, "position": position}
        changes.put(choice or Choice(question=row), values)


def match(
    keys: Sequence[Hashable], rows: list[Row], key_of: Callable[[Row], Hashable]
) -> tuple[list[Row | None], list[Row]]:
    """For each key its row: the one with that key, else the next that nobody claims; and the rows left over."""
    known = {key_of(row): row for row in rows}
    claimed = {key for key in keys if key in known}
    free = [row for key, row in known.items() if key not in claimed]
    matched = [known[key] if key in claimed else (free.pop(0) if free else None) for key in keys]
    kept = {row.pk for row in matched if row}
    return matched, [row for row in rows if row.pk not in kept]


def _keys(texts: Iterable[str]) -> list[str]:
    """A question's identity in its quiz: its words, counted where they repeat."""
    return [hashlib.sha256(text.encode()).hexdigest()[:32] + (f"-{n}" if n else "") for text, n in _numbered(texts)]


def _numbered(texts: Iterable[str]) -> list[tuple[str, int]]:
    seen: Counter[str] = Counter()
    pairs = []
    for text in texts:
        pairs.append((text, seen[text]))
        seen[text] += 1
    return pairs


def _numbering() -> Callable[[Choice], Hashable]:
    seen: Counter[str] = Counter()

    def key_of(choice: Choice) -> Hashable:
        seen[choice.text] += 1
        return choice.text, seen[choice.text] - 1

    return key_of
