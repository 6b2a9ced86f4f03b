"""Who is how far in which lesson: a whole class as a few kilobytes of text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection

from learning.models import Course, Lesson
from learning.selectors.names import name_for_teachers
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
    places = learners_of(course).filter(pk__gt=after).order_by("pk").select_related("learner")
    people: list[Any] = list(places.only("learner__display_name", "learner__email", "learner_id")[: MOST + 1])
    shown = people[:MOST]
    cells = _cells(lessons, [one.learner_id for one in shown])
    blank = NOT_STARTED * len(lessons)
    rows = [(one.learner_id, name_for_teachers(one.learner, course), cells.get(one.learner_id, blank)) for one in shown]
    return Matrix(lessons, rows, shown[-1].pk if len(people) > MOST else None)


_TOUCHED = """
SELECT learner_id, lesson_id, completed_at IS NOT NULL FROM learning_lessonprogress
WHERE lesson_id IN ({lessons}) AND learner_id IN ({learners}) AND (last_seen_at IS NOT NULL OR completed_at IS NOT NULL)
"""


def _cells(lessons: list[int], learners: list[int]) -> dict[int, str]:
    if not lessons or not learners:
        return {}
    at = {pk: n for n, pk in enumerate(lessons)}
    found: dict[int, list[str]] = {}
    statement = _TOUCHED.format(lessons=", ".join(map(str, lessons)), learners=", ".join(map(str, learners)))
    with connection.cursor() as cursor:
        cursor.execute(statement)
        for learner, lesson, is_done in cursor.fetchall():
            row = found.get(learner)
            if row is None:
                row = found[learner] = [NOT_STARTED] * len(lessons)
            row[at[lesson]] = COMPLETED if is_done else STARTED
    return {learner: "".join(row) for learner, row in found.items()}
