"""Who is how far in which lesson: a whole class as a few kilobytes of text."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from learning.models import Course, Lesson
from learning.selectors.names import names_for_teachers
from learning.selectors.teaching import learners_of

MOST = 1000
# One character for each lesson, in the order of `lessons`.
NOT_STARTED, STARTED, COMPLETED = "-", "o", "x"


@dataclass(frozen=True)
class Matrix:
    """`rows` are (id, name, cells); `next` is what to ask with for the learners after these."""

    lessons: list[int]
    rows: list[tuple[int, str, str]]
    next: int | None


def class_matrix(course: Course, *, after: int = 0) -> Matrix:
    """At most a thousand learners, in the order in which they came. Three statements."""
    lessons = list(Lesson.objects.filter(course=course).published().in_order().values_list("pk", flat=True))
    places = learners_of(course).filter(pk__gt=after).order_by("pk")
    found = list(places.values_list("pk", "learner_id", "learner__display_name", "learner__email")[: MOST + 1])
    people = [(learner, name, email) for _pk, learner, name, email in found[:MOST]]
    cells = _cells(lessons, [learner for learner, *_ in people])
    blank = NOT_STARTED * len(lessons)
    names = names_for_teachers(people, course)
    rows = [(one, name, cells.get(one, blank)) for (one, *_), name in zip(people, names, strict=True)]
    return Matrix(lessons, rows, found[MOST - 1][0] if len(found) > MOST else None)


# Each lesson is a digit of a number, 1 for started and 2 for completed: few numbers come back for a learner, and not a
# row for each lesson. A whole number of 64 bits has eighteen digits to spare.
DIGITS = 18
_TOUCHED = """
WITH digits (lesson_id, part, weight) AS (VALUES {digits})
SELECT p.learner_id, d.part, CAST(SUM(d.weight * CASE WHEN p.completed_at IS NULL THEN 1 ELSE 2 END) AS bigint)
FROM learning_lessonprogress p JOIN digits d ON d.lesson_id = p.lesson_id
WHERE p.learner_id IN ({learners}) AND (p.last_seen_at IS NOT NULL OR p.completed_at IS NOT NULL)
GROUP BY 1, 2
"""
_AS_CELLS = str.maketrans("012", NOT_STARTED + STARTED + COMPLETED)


def _cells(lessons: list[int], learners: list[int]) -> dict[int, str]:
    if not lessons or not learners:
        return {}
    digits = ", ".join(f"({pk}, {n // DIGITS}, {10 ** (n % DIGITS)})" for n, pk in enumerate(lessons))
    parts = -(-len(lessons) // DIGITS)
    found: dict[int, list[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_TOUCHED.format(digits=digits, learners=", ".join(map(str, learners))))
        for learner, part, number in cursor.fetchall():
            found.setdefault(learner, [0] * parts)[part] = number
    return {learner: _written(numbers)[: len(lessons)] for learner, numbers in found.items()}


def _written(numbers: list[int]) -> str:
    """The first lesson is the last digit of the first number."""
    return "".join(f"{number:0{DIGITS}}"[::-1] for number in numbers).translate(_AS_CELLS)
