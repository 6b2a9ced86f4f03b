"""From the plan to rows: what is there already is changed in place, what is gone from the source is unpublished."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Model

from learning.importing.files import Shelf, came_along, digest_of
from learning.importing.folder import Folder
from learning.importing.planning import Addresses, Plan, PlannedLesson, PlannedPage
from learning.importing.practice import write_questions
from learning.importing.report import Changes
from learning.importing.source import SourceCourse
from learning.kinds import LessonKind, Level
from learning.models import Course, CourseFile, Lesson, Module, SubPage

_BATCH = 200


@dataclass
class Tally:
    """What changed, while it is being written."""

    added: list[str] = field(default_factory=list)
    changed: set[str] = field(default_factory=set)
    unpublished: list[str] = field(default_factory=list)
    republished: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)

    def changes(self) -> Changes:
        changed = self.changed - {*self.added, *self.republished}
        return Changes(*map(tuple, (self.added, sorted(changed), self.unpublished, self.republished, self.removed)))


def addresses_of(course: Course | None) -> Addresses:
    """The addresses that a course's lessons and pages have; those made by hand are taken, nothing more."""
    if course is None:
        return Addresses()
    known = Addresses()
    for path, slug in Lesson.objects.filter(course=course).values_list("source_path", "slug"):
        known.taken.add(slug)
        known.lessons |= {path: slug} if path else {}
    pages = SubPage.objects.filter(lesson__course=course).values_list("lesson__source_path", "source_path", "slug")
    for lesson, path, slug in pages:
        if path:
            known.further[path] = slug
        else:
            known.taken_beside.setdefault(lesson, set()).add(slug)
    return known


def write_course(source: SourceCourse, description: str, *, at: dt.datetime) -> tuple[Course, bool]:
    """The course's own row. On a later import only its title follows the source; gaps are filled."""
    told = {
        "subtitle": source.subtitle,
        "description": description,
        "language": source.language,
        "level": source.level or Level.BEGINNER,
    }
    course, is_new = Course.objects.select_for_update().get_or_create(
        slug=source.slug, defaults={"title": source.title, "created_at": at, **told}
    )
    if not is_new:
        course.title = source.title
        for name, value in told.items():
            setattr(course, name, getattr(course, name) or value)
        course.save(update_fields=["title", *told])
    return course, is_new


def write_plan(course: Course, plan: Plan, folder: Folder, shelf: Shelf) -> Changes:
    """Make the course what the plan says; rows that the plan finds by their source path stay the same rows."""
    tally = Tally()
    modules = _write_modules(course, plan)
    lessons = _write_lessons(course, plan, modules, tally)
    _write_pages(course, plan, lessons, tally)
    practice = [(lessons[p.source_path], p.quiz) for p in plan.lessons if p.quiz]
    tally.changed |= write_questions(practice)
    _unpublish_others(course, plan, tally)
    _write_files(course, plan, folder, shelf, tally)
    return tally.changes()


def _differing(row: Model, wanted: dict[str, object]) -> bool:
    """Set what differs; whether anything did."""
    differing = {name: value for name, value in wanted.items() if getattr(row, name) != value}
    for name, value in differing.items():
        setattr(row, name, value)
    return bool(differing)


def _write_modules(course: Course, plan: Plan) -> dict[str, Module]:
    known = {m.source_path: m for m in course.modules.exclude(source_path="")}
    for planned in plan.modules:
        wanted = {"title": planned.title, "summary": planned.summary, "position": planned.position}
        module = known.get(planned.source_path)
        if module is None:
            module = Module.objects.create(course=course, source_path=planned.source_path, **wanted)
            known[planned.source_path] = module
        elif _differing(module, wanted):
            module.save(update_fields=list(wanted))
    return known


def _write_lessons(course: Course, plan: Plan, modules: dict[str, Module], tally: Tally) -> dict[str, Lesson]:
    known = {lesson.source_path: lesson for lesson in course.lessons.exclude(source_path="")}
    new, changed = [], []
    for module in plan.modules:
        for planned in module.lessons:
            wanted = _lesson_values(planned) | {"module_id": modules[module.source_path].pk}
            lesson = known.get(planned.source_path)
            if lesson is None:
                lesson = known[planned.source_path] = _new_lesson(course, planned, wanted)
                new.append(lesson)
                tally.added.append(planned.source_path)
                continue
            if not lesson.is_published:
                tally.republished.append(planned.source_path)
            if _differing(lesson, wanted | {"is_published": True}):
                changed.append(lesson)
                tally.changed.add(planned.source_path)
    Lesson.objects.bulk_create(new, batch_size=_BATCH)
    names = ["module", "title", "position", "body", "html", "estimated_minutes", "is_published"]
    Lesson.objects.bulk_update(changed, names, batch_size=_BATCH)
    return known


def _lesson_values(planned: PlannedLesson) -> dict[str, object]:
    """What follows the source at every import; the rest is the instructors' from the first one on."""
    values: dict[str, object] = {"title": planned.title, "position": planned.position}
    if planned.kind == LessonKind.TEXT:
        values |= {"body": planned.body, "html": planned.html, "estimated_minutes": planned.minutes}
    return values


def _new_lesson(course: Course, planned: PlannedLesson, wanted: dict[str, object]) -> Lesson:
    """Saved in bulk, past `save()`: course and HTML are set here."""
    lesson = Lesson(course=course, kind=planned.kind, slug=planned.slug, source_path=planned.source_path, **wanted)
    if planned.quiz:
        words = sum(len(f"{q.text} {' '.join(t for t, _ in q.choices)}".split()) for q in planned.quiz.questions)
        lesson.estimated_minutes = max(math.ceil(words / 200), 1)
        lesson.is_required, lesson.pass_mark = False, 60
    return lesson


def _write_pages(course: Course, plan: Plan, lessons: dict[str, Lesson], tally: Tally) -> None:
    rows = SubPage.objects.filter(lesson__course=course).exclude(source_path="")
    known = {page.source_path: page for page in rows}
    planned = [(lessons[lesson.source_path], page) for lesson in plan.lessons for page in lesson.further]
    kept = {page.source_path for _, page in planned}
    gone = [page for page in rows if page.source_path not in kept or known[page.source_path].pk != page.pk]
    SubPage.objects.filter(pk__in=[page.pk for page in gone]).delete()
    tally.removed += sorted(page.source_path for page in gone)
    new, changed = [], []
    for lesson, page in planned:
        wanted = _page_values(page) | {"lesson_id": lesson.pk}
        row = known.get(page.source_path)
        if row is None:
            new.append(SubPage(source_path=page.source_path, **wanted))
            tally.added.append(page.source_path)
        elif _differing(row, wanted):
            changed.append(row)
            tally.changed.add(page.source_path)
    SubPage.objects.bulk_update(changed, ["lesson", *_page_values(PlannedPage("", "", "", 0))], batch_size=_BATCH)
    SubPage.objects.bulk_create(new, batch_size=_BATCH)


def _page_values(page: PlannedPage) -> dict[str, object]:
    return {
        "title": page.title,
        "slug": page.slug,
        "position": page.position,
        "body": page.body,
        "html": page.html,
    }


def _unpublish_others(course: Course, plan: Plan, tally: Tally) -> None:
    """Lessons that the source no longer has; what somebody wrote here by hand stays."""
    here = {lesson.source_path for lesson in plan.lessons}
    imported = Lesson.objects.filter(course=course, is_published=True).exclude(source_path="")
    gone = [lesson for lesson in imported.only("pk", "source_path") if lesson.source_path not in here]
    Lesson.objects.filter(pk__in=[lesson.pk for lesson in gone]).update(is_published=False)
    tally.unpublished += sorted(lesson.source_path for lesson in gone)


def _write_files(course: Course, plan: Plan, folder: Folder, shelf: Shelf, tally: Tally) -> None:
    known = {row.path: row for row in course.files.all()}
    for path in plan.files:
        content = folder.content(path)
        row = known.pop(path, None) or CourseFile(course=course, path=path)
        if row.pk and row.digest == digest_of(content) and row.file.storage.exists(str(row.file.name)):
            continue
        (tally.changed.add if row.pk else tally.added.append)(path)
        _delete_after_commit(row)
        row.digest, row.size = digest_of(content), len(content)
        shelf.put(row, content)
        row.save()
    for row in known.values():
        if came_along(row):
            _delete_after_commit(row)
            row.delete()
            tally.removed.append(row.path)


def _delete_after_commit(row: CourseFile) -> None:
    """The old file goes only when nothing can bring its row back."""
    if row.file:
        storage, name = row.file.storage, str(row.file.name)
        transaction.on_commit(lambda: storage.delete(name), robust=True)
