"""The layout `numbered`: folders with numbers for modules and lessons, a README.md in each lesson's folder.

Between a module and its lessons there may be a folder `lessons`. A course may also have no modules at all.
"""

from __future__ import annotations

from posixpath import basename

from django.utils.translation import gettext as _

from learning.importing.folder import Folder, refused
from learning.importing.manifest import describe
from learning.importing.pages import opening, read_page, split_front_matter, title_of
from learning.importing.quizzes import read_quizzes
from learning.importing.report import Unresolved
from learning.importing.source import SourceCourse, SourceLesson, SourceModule
from learning.importing.words import as_line, cut, humanised, number_of

_LESSONS = "lessons"
_WRAPPERS = {_LESSONS, "modules", "chapters", "units", "course", "content"}


def read_numbered(folder: Folder) -> SourceCourse:
    modules: list[SourceModule] = []
    loose = SourceModule(path=".", title="", lessons=[])
    unresolved = []
    for path in _numbered(folder, ""):
        if lessons := [p for p in _numbered(folder, path) if folder.readme(p)]:
            modules.append(_module(folder, path, lessons))
        elif folder.readme(path):
            modules += [] if loose in modules else [loose]
            loose.lessons.append(_lesson(folder, path))
        elif folder.below(path, ".md"):
            unresolved.append(Unresolved(path, "README.md", _("a numbered folder without it is no lesson")))
    if not modules:
        raise refused(folder.name, _("there are no lessons: no numbered folder in it has a README.md"))
    course = describe(folder, modules, {})
    loose.title = course.title
    course.unresolved += unresolved
    read_quizzes(folder, course)
    return course


def _numbered(folder: Folder, path: str) -> list[str]:
    """The numbered folders of a folder, by number; those within `lessons` too."""
    inside = folder.folders[path]
    found = [p for p in inside if number_of(basename(p)) is not None]
    for wrapper in inside:
        name = basename(wrapper).lower()
        if name == _LESSONS or (name in _WRAPPERS and not found):
            found += [p for p in folder.folders[wrapper] if number_of(basename(p)) is not None]
    return sorted(found, key=lambda p: (number_of(basename(p)), basename(p)))


def _module(folder: Folder, path: str, lessons: list[str]) -> SourceModule:
    home = folder.readme(path)
    text = split_front_matter(folder.text(home), path=home)[1] if home else ""
    heading = title_of(text)
    return SourceModule(
        path=path,
        title=cut((heading and as_line(heading.title)) or humanised(basename(path)), 160),
        summary=opening(text, most=1),
        home=home,
        lessons=[_lesson(folder, lesson) for lesson in lessons],
    )


def _lesson(folder: Folder, path: str) -> SourceLesson:
    readme = folder.readme(path)
    return SourceLesson(
        page=read_page(folder, readme, fallback=humanised(basename(path))),
        further=[read_page(folder, other) for other in folder.below(path, ".md") if other != readme],
    )
