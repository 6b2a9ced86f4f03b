"""The course as it will be: further pages and quizzes at their lessons, addresses given, links written anew."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote, unquote

from django.utils.translation import gettext as _

from learning.importing.folder import Folder
from learning.importing.links import references, rewrite
from learning.importing.pages import read_page
from learning.importing.quizzes import quiz_number
from learning.importing.report import Unresolved
from learning.importing.resolving import Kind, Resolver
from learning.importing.source import Page, Quiz, SourceCourse, SourceLesson
from learning.importing.words import free_address
from learning.kinds import LessonKind
from learning.markdown import Reading, read_markdown

_PRE = re.compile(r"\bpre\b|\bpre-?(?:lecture|lesson|quiz|test|class)|\bwarm-?up\b", re.IGNORECASE)
_POST = re.compile(r"\bpost\b|\bpost-?(?:lecture|lesson|quiz|test|class)", re.IGNORECASE)


@dataclass
class Addresses:
    """The addresses within a course, by path in the source: those that exist stay, new ones are made."""

    lessons: dict[str, str] = field(default_factory=dict)
    further: dict[str, str] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    taken_beside: dict[str, set[str]] = field(default_factory=dict)

    def lesson(self, path: str, title: str) -> str:
        if path not in self.lessons:
            self.lessons[path] = free_address(title, self.taken, fallback="lesson")
        return self.lessons[path]

    def pages(self, lesson: str, pages: list[Page]) -> Iterator[tuple[Page, str]]:
        """An address for each further page of a lesson."""
        used = set(self.taken_beside.get(lesson, ()))
        for page in sorted(pages, key=lambda p: p.path not in self.further):
            if self.further.get(page.path) in {None, *used}:
                self.further[page.path] = free_address(page.title, used, fallback="page")
            used.add(self.further[page.path])
        yield from ((page, self.further[page.path]) for page in pages)


@dataclass
class PlannedPage:
    source_path: str
    title: str
    slug: str
    position: int
    minutes: int = 1
    body: str = ""
    html: str = ""


@dataclass
class PlannedLesson(PlannedPage):
    kind: str = LessonKind.TEXT
    quiz: Quiz | None = None
    further: list[PlannedPage] = field(default_factory=list)


@dataclass
class PlannedModule:
    source_path: str
    title: str
    position: int
    summary: str = ""
    lessons: list[PlannedLesson] = field(default_factory=list)


@dataclass
class Plan:
    source: SourceCourse
    description: str = ""
    modules: list[PlannedModule] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    unresolved: list[Unresolved] = field(default_factory=list)

    @property
    def lessons(self) -> list[PlannedLesson]:
        return [lesson for module in self.modules for lesson in module.lessons]


def plan_course(folder: Folder, course: SourceCourse, addresses: Addresses) -> Plan:
    """Everything that will be written, worked out before the database is touched."""
    return _Planner(folder, course, addresses).plan()


class _Planner:
    def __init__(self, folder: Folder, course: SourceCourse, addresses: Addresses) -> None:
        self.folder, self.course, self.addresses = folder, course, addresses
        self.resolver = Resolver(folder, course)
        self.quiz_lessons: dict[int, str] = {}
        self.urls: dict[str, str] = {}
        self.files: dict[str, None] = {}
        self.readings: dict[str, Reading] = {}
        self.places: list[tuple[str, str, str, str]] = []
        self.unresolved = list(course.unresolved)

    def plan(self) -> Plan:
        self._gather_linked_pages()
        plan = Plan(self.course, modules=list(self._modules()))
        for lesson in plan.lessons:
            for page in (lesson, *lesson.further):
                self._write(page)
        for module, source in zip(plan.modules, self.course.modules, strict=True):
            module.summary = self._rewritten(module.summary, at=source.home)
        plan.description = self._rewritten(self.course.description, at=self.course.home)
        self._look_at_places()
        self._look_at_quizzes()
        plan.files = list(self.files)
        plan.unresolved = sorted(set(self.unresolved))
        return plan

    def _gather_linked_pages(self) -> None:
        """A page elsewhere in the source that a lesson links to comes along with the first lesson that does."""
        for lesson in self.course.lessons:
            waiting = [lesson.page, *lesson.further]
            for page in waiting:
                for reference in references(page.text):
                    target = self.resolver.target(page.path, reference.address)
                    if target.kind == Kind.PAGE and target.key not in self.resolver.pages:
                        new = read_page(self.folder, target.key)
                        self.course.tidy(new)
                        self.resolver.pages[new.path] = new
                        lesson.further.append(new)
                        waiting.append(new)

    def _modules(self) -> Iterator[PlannedModule]:
        for position, source in enumerate(self.course.modules):
            module = PlannedModule(source.path, source.title, position, source.summary)
            for lesson in source.lessons:
                before, after = self._quizzes_of(lesson)
                module.lessons += [*map(self._practice, before), self._lesson(lesson), *map(self._practice, after)]
            for at, planned in enumerate(module.lessons):
                planned.position = at
            yield module

    def _lesson(self, source: SourceLesson) -> PlannedLesson:
        page = source.page
        slug = self.addresses.lesson(page.path, page.title)
        self.urls[page.path] = f"{self._root}lessons/{slug}/"
        further = []
        for position, (other, address) in enumerate(self.addresses.pages(page.path, source.further)):
            self.urls[other.path] = f"{self._root}lessons/{slug}/pages/{address}/"
            further.append(PlannedPage(other.path, other.title, address, position))
        return PlannedLesson(page.path, page.title, slug, 0, page.minutes, further=further)

    def _practice(self, quiz: Quiz) -> PlannedLesson:
        slug = self.addresses.lesson(quiz.path, quiz.title)
        self.urls[f"/quiz/{quiz.number}"] = f"{self._root}lessons/{slug}/"
        return PlannedLesson(quiz.path, quiz.title, slug, 0, kind=LessonKind.PRACTICE, quiz=quiz)

    def _quizzes_of(self, lesson: SourceLesson) -> tuple[list[Quiz], list[Quiz]]:
        """The quizzes that this lesson is the first to link to: those for before it, and those for after it."""
        linked: dict[int, str] = {}
        for page in (lesson.page, *lesson.further):
            for reference in references(page.text):
                number = quiz_number(reference.address)
                if number in self.course.quizzes and number not in self.quiz_lessons:
                    linked.setdefault(number, reference.words)
        before: list[Quiz] = []
        after: list[Quiz] = []
        for at, (number, words) in enumerate(linked.items()):
            self.quiz_lessons[number] = lesson.page.path
            quiz = self.course.quizzes[number]
            early = _is_for_before(f"{quiz.title} {words}", is_first_of_many=at == 0 and len(linked) > 1)
            (before if early else after).append(quiz)
        return before, after

    @property
    def _root(self) -> str:
        return f"/courses/{self.course.slug}/"

    def _write(self, planned: PlannedPage) -> None:
        page = self.resolver.pages.get(planned.source_path)
        if page is None:  # a quiz has no text of its own
            return
        planned.body = self._rewritten(page.text, at=page.path, read=False)
        reading = read_markdown(planned.body, title=planned.title)
        planned.html = reading.html
        self.readings[page.path] = reading
        self._look_at(reading, page.path)

    def _rewritten(self, text: str, *, at: str, read: bool = True) -> str:
        new = rewrite(text, lambda address: self._new_address(at, address))
        if read:
            self._look_at(read_markdown(new), at, anchors=False)
        return new

    def _new_address(self, at: str, written: str) -> str | None:
        target = self.resolver.target(at, written)
        if target.kind == Kind.COURSE:
            return self._root
        if target.kind == Kind.FILE:
            self.files[target.key] = None
            return f"{self._root}files/{quote(target.key)}"
        url = self.urls.get(f"/quiz/{target.key}" if target.kind == Kind.QUIZ else target.key)
        if target.kind not in (Kind.PAGE, Kind.QUIZ) or url is None:
            return None
        if target.anchor:
            self.places.append((at, written, target.key, target.anchor))
        return f"{url}#{target.anchor}" if target.anchor else url

    def _look_at(self, reading: Reading, path: str, *, anchors: bool = True) -> None:
        """Report what the finished text still names that is not there."""
        for address in reading.links:
            if address.startswith("#"):
                self.places += [(path, address, path, address[1:])] if anchors and len(address) > 1 else []
            elif not self._leads_somewhere(address):
                self._report(path, address)
        for address in reading.images:
            if address.startswith(("http:", "https:", "//")):
                self._report(path, address, _("a picture elsewhere: it became a link"))
            elif not address.startswith(self._root):
                self._report(path, address)
        for reference in reading.undefined:
            self._report(path, reference, _("nothing defines this reference"))

    def _leads_somewhere(self, address: str) -> bool:
        if quiz_number(address) is not None and self.course.quizzes:
            return False
        return not address or address.startswith((self._root, "http:", "https:", "mailto:", "//"))

    def _report(self, path: str, address: str, reason: str = "") -> None:
        shown = unquote(address)
        reason = reason or self.resolver.target(path, address).reason or _("links of this kind are left out")
        self.unresolved.append(Unresolved(path, shown if shown.isprintable() else address, reason))

    def _look_at_places(self) -> None:
        for path, written, key, anchor in self.places:
            reading = self.readings.get(key)
            wanted = {anchor.casefold(), unquote(anchor).casefold()}
            if reading and wanted.isdisjoint(a.casefold() for a in reading.anchors):
                self.unresolved.append(Unresolved(path, unquote(written), _("the page has no such place")))

    def _look_at_quizzes(self) -> None:
        for number, quiz in self.course.quizzes.items():
            if number not in self.quiz_lessons:
                self.unresolved.append(Unresolved(quiz.path, quiz.title, _("no lesson links to this quiz")))


def _is_for_before(words: str, *, is_first_of_many: bool) -> bool:
    pre, post = bool(_PRE.search(words)), bool(_POST.search(words))
    return pre if pre != post else is_first_of_many
