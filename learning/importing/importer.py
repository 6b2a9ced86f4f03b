"""The import as one act: read, plan, write in one transaction, or leave everything as it was."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from django.db import DataError, IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from learning.exceptions import ImportRefused
from learning.importing.episodes import read_episodes
from learning.importing.files import Shelf
from learning.importing.folder import Folder
from learning.importing.numbered import read_numbered
from learning.importing.planning import Plan, plan_course
from learning.importing.report import Changes, ImportReport
from learning.importing.source import SourceCourse
from learning.importing.writing import addresses_of, write_course, write_plan
from learning.kinds import CourseState, LessonKind
from learning.models import Course, Lesson, User
from learning.services.people import make_instructor
from learning.services.structure import publish, structure_changed

LAYOUTS: dict[str, Callable[[Folder], SourceCourse]] = {"numbered": read_numbered, "episodes": read_episodes}


def import_course(
    path: str | Path,
    *,
    layout: str,
    instructor: str | User | None = None,
    draft: bool = False,
    at: dt.datetime | None = None,
) -> ImportReport:
    """Bring a course in from its folder, or bring it up to date. Again without a change: nothing changes.

    Whatever is refused (`ImportRefused`) or fails leaves the database and the stored files as they were.
    """
    if layout not in LAYOUTS:
        raise ImportRefused(_("There is no layout %(layout)s.") % {"layout": layout})
    folder = Folder(path)
    source = LAYOUTS[layout](folder)
    there = Course.objects.filter(slug=source.slug).first()
    _check_is_the_same(there, source)
    teacher = _teacher(instructor, there)
    plan = plan_course(folder, source, addresses_of(there))
    shelf = Shelf()
    try:
        return _write(plan, folder, shelf, teacher, draft=draft, at=at or timezone.now())
    except BaseException as error:
        shelf.clear()
        if isinstance(error, (IntegrityError, DataError, OSError)):
            why = " ".join(str(error).split())
            raise ImportRefused(
                _("%(slug)s could not be stored: %(why)s") % {"slug": source.slug, "why": why}
            ) from error
        raise


@transaction.atomic
def _write(
    plan: Plan, folder: Folder, shelf: Shelf, teacher: User | None, *, draft: bool, at: dt.datetime
) -> ImportReport:
    course, is_new = write_course(plan.source, plan.description, at=at)
    if teacher:
        make_instructor(teacher, course, at=at)
    changes = write_plan(course, plan, folder, shelf)
    structure_changed(course, at=at)
    if not draft and course.state == CourseState.DRAFT:
        publish(course, at=at)
    course.refresh_from_db()
    return _report(course, plan, changes, is_new=is_new)


def _check_is_the_same(course: Course | None, source: SourceCourse) -> None:
    """A course is found again by its address; one that came from nowhere, or from elsewhere, is not overwritten."""
    if course is None:
        return
    imported = set(Lesson.objects.filter(course=course).exclude(source_path="").values_list("source_path", flat=True))
    here = {lesson.page.path for lesson in source.lessons}
    if not imported or (imported.isdisjoint(here) and course.title != source.title):
        raise ImportRefused(
            _(
                "There is already a course at /courses/%(slug)s/, and it did not come from this source. "
                "Rename the folder or set `slug` in its cairn.yaml."
            )
            % {"slug": source.slug}
        )


def _teacher(instructor: str | User | None, course: Course | None) -> User | None:
    """Who will teach: the one named, else those who do already, else the first superuser."""
    if isinstance(instructor, User):
        return instructor
    active = User.objects.filter(is_active=True)
    if instructor:
        if found := active.filter(email=User.objects.normalize_email(instructor)).first():
            return found
        raise ImportRefused(_("Nobody here has the address %(email)s.") % {"email": instructor})
    if course and course.instructors.exists():
        return None
    if found := active.filter(is_superuser=True).order_by("pk").first():
        return found
    raise ImportRefused(
        _(
            "A course needs an instructor, and there is nobody to choose. Name one with --instructor EMAIL, "
            "or make an account first: manage.py createsuperuser."
        )
    )


def _report(course: Course, plan: Plan, changes: Changes, *, is_new: bool) -> ImportReport:
    practice = [lesson for lesson in plan.lessons if lesson.kind == LessonKind.PRACTICE]
    used = {lesson.source_path for lesson in practice}
    return ImportReport(
        course=course,
        is_new=is_new,
        modules=len(plan.modules),
        text_lessons=len(plan.lessons) - len(practice),
        practice_lessons=len(practice),
        questions=sum(len(lesson.quiz.questions) for lesson in practice if lesson.quiz),
        further_pages=sum(len(lesson.further) for lesson in plan.lessons),
        files=len(plan.files),
        changes=changes,
        unresolved=tuple(plan.unresolved),
        odd_questions=tuple(q for q in plan.source.odd_questions if q.path in used),
    )
