"""What an import says afterwards."""

from __future__ import annotations

from dataclasses import dataclass

from learning.models import Course


@dataclass(frozen=True, order=True)
class Unresolved:
    """A reference that leads nowhere, in the file that holds it. The text keeps it as it is."""

    path: str
    reference: str
    reason: str


@dataclass(frozen=True)
class OddQuestion:
    """A question that has not exactly one right answer. It is kept; somebody should look at it."""

    path: str
    text: str
    right_answers: int


@dataclass(frozen=True)
class Changes:
    """What an import changed, by path in the source."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unpublished: tuple[str, ...] = ()
    republished: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return any((self.added, self.changed, self.unpublished, self.republished, self.removed))


@dataclass(frozen=True)
class ImportReport:
    """What stands in the course after an import, what that changed, and what needs a person's eye."""

    course: Course
    is_new: bool
    modules: int
    text_lessons: int
    practice_lessons: int
    questions: int
    further_pages: int
    files: int
    changes: Changes
    unresolved: tuple[Unresolved, ...] = ()
    odd_questions: tuple[OddQuestion, ...] = ()
