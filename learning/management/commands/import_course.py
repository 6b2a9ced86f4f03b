"""`manage.py import_course PATH --layout numbered|episodes [--instructor EMAIL] [--draft]`"""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from learning.exceptions import ImportRefused
from learning.importing import LAYOUTS, ImportReport, import_course


class Command(BaseCommand):
    help = "Bring a course in from a folder of Markdown, or bring it up to date. All or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", help="the course's folder")
        parser.add_argument("--layout", required=True, choices=sorted(LAYOUTS), help="how the folder is laid out")
        parser.add_argument("--instructor", metavar="EMAIL", help="who teaches it; else the first superuser")
        parser.add_argument("--draft", action="store_true", help="leave a new course unpublished")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = import_course(
                options["path"], layout=options["layout"], instructor=options["instructor"], draft=options["draft"]
            )
        except ImportRefused as refused:
            raise CommandError(_("Nothing was imported. %(why)s") % {"why": refused.detail}) from None
        for line in _lines(report):
            self.stdout.write(line)


def _lines(report: ImportReport) -> Iterator[str]:
    course = report.course
    state = course.get_state_display().lower()
    done = _("Imported") if report.is_new else (_("Updated") if report.changes else _("Nothing new in"))
    yield f"{done} “{course.title}” (/courses/{course.slug}/, {state})"
    yield from (f"  {line}" for line in _counts(report))
    if not report.is_new:
        yield from _changes(report)
    yield from _unresolved(report)
    yield from _odd_questions(report)


def _counts(report: ImportReport) -> Iterator[str]:
    yield ngettext("%d module", "%d modules", report.modules) % report.modules
    yield ngettext("%d text lesson", "%d text lessons", report.text_lessons) % report.text_lessons
    practice = ngettext("%d practice lesson", "%d practice lessons", report.practice_lessons) % report.practice_lessons
    questions = ngettext("with %d question", "with %d questions", report.questions) % report.questions
    yield f"{practice} {questions}"
    yield ngettext("%d further page", "%d further pages", report.further_pages) % report.further_pages
    yield ngettext("%d file", "%d files", report.files) % report.files


def _changes(report: ImportReport) -> Iterator[str]:
    changes = report.changes
    for word, paths in (
        (_("added"), changes.added),
        (_("changed"), changes.changed),
        (_("published again"), changes.republished),
        (_("unpublished, gone from the source"), changes.unpublished),
        (_("removed, gone from the source"), changes.removed),
    ):
        yield from (f"  {word}: {path}" for path in paths)


def _unresolved(report: ImportReport) -> Iterator[str]:
    found = len(report.unresolved)
    if found:
        yield ""
        yield ngettext("%d reference could not be resolved:", "%d references could not be resolved:", found) % found
    for path, references in groupby(report.unresolved, key=lambda u: u.path):
        yield f"  {path}"
        yield from (f"    {r.reference}  ({r.reason})" for r in references)


def _odd_questions(report: ImportReport) -> Iterator[str]:
    found = len(report.odd_questions)
    if found:
        yield ""
        yield (
            ngettext(
                "%d question has not exactly one right answer:",
                "%d questions have not exactly one right answer:",
                found,
            )
            % found
        )
    for question in report.odd_questions:
        right = ngettext("%d right answer", "%d right answers", question.right_answers) % question.right_answers
        yield f"  {question.path}  “{question.text}”  ({right})"
