"""A course as its source has it: plain values, nothing of the database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from learning.importing.report import OddQuestion, Unresolved


@dataclass
class Page:
    """One Markdown file. `text` has neither front matter nor the title's own heading."""

    path: str
    title: str
    text: str
    minutes: int


@dataclass
class QuizQuestion:
    text: str
    choices: list[tuple[str, bool]]
    explanation: str = ""

    @property
    def right_answers(self) -> int:
        return sum(right for _, right in self.choices)


@dataclass
class Quiz:
    """A quiz of the bank; `path` is the bank's file and the quiz's number in it."""

    number: int
    path: str
    title: str
    questions: list[QuizQuestion]


@dataclass
class SourceLesson:
    page: Page
    further: list[Page] = field(default_factory=list)


@dataclass
class SourceModule:
    """`home` is the file that introduces the module, if there is one."""

    path: str
    title: str
    lessons: list[SourceLesson]
    summary: str = ""
    home: str = ""


def _as_it_is(page: Page) -> None:
    """Most layouts have nothing to take out of a text."""


@dataclass
class SourceCourse:
    """`bases` are the folders that a relative address may also be meant from, besides its own file's.

    `flat_addresses`: a page may also be called by its name alone. `tidy` takes out of a page what only the layout's own
    site generator understands.
    """

    slug: str
    title: str
    modules: list[SourceModule]
    home: str = ""
    subtitle: str = ""
    description: str = ""
    language: str = "en"
    level: str = ""
    bases: tuple[str, ...] = ()
    flat_addresses: bool = False
    tidy: Callable[[Page], None] = _as_it_is
    quizzes: dict[int, Quiz] = field(default_factory=dict)
    unresolved: list[Unresolved] = field(default_factory=list)
    odd_questions: list[OddQuestion] = field(default_factory=list)

    @property
    def lessons(self) -> list[SourceLesson]:
        return [lesson for module in self.modules for lesson in module.lessons]
