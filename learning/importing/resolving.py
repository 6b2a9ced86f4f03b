"""Where an address of the source leads: a lesson, a further page, the course, a quiz, a file, away, or nowhere."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from enum import StrEnum
from posixpath import dirname, join, normpath, splitext
from urllib.parse import unquote

from django.utils.translation import gettext as _

from learning.importing.files import why_not
from learning.importing.folder import Folder
from learning.importing.quizzes import quiz_number
from learning.importing.source import Page, SourceCourse

_SCHEME = re.compile(r"^(?:[a-zA-Z][a-zA-Z0-9+.-]*:|//)")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_PAGES = (".md", ".rmd", ".qmd")


class Kind(StrEnum):
    AWAY = "away"
    NOWHERE = "nowhere"
    COURSE = "course"
    PAGE = "page"
    QUIZ = "quiz"
    FILE = "file"


@dataclass(frozen=True)
class Target:
    """`key` is a path in the source or a quiz's number; `reason` says why there is nothing."""

    kind: Kind
    key: str = ""
    anchor: str = ""
    reason: str = ""


class Resolver:
    """Knows the source's files and what each of them is to the course."""

    def __init__(self, folder: Folder, course: SourceCourse) -> None:
        self.folder = folder
        self.course = course
        self.pages: dict[str, Page] = {}
        for lesson in course.lessons:
            self.pages |= {page.path: page for page in (lesson.page, *lesson.further)}
        tops = (folder.find("README.md") or "", folder.find("index.md") or "")
        self._homes = {*tops, *(m.home for m in course.modules)} - {""}
        self._modules = {m.path for m in course.modules}
        self._known: dict[tuple[str, str], Target] = {}
        self._files: dict[str, str] = {}
        self._stems = self._named() if course.flat_addresses else {}

    def _named(self) -> dict[str, str]:
        others = [p for suffix in _PAGES for p in self.folder.below("", suffix) if p not in self._homes]
        return {splitext(p)[0].rpartition("/")[2].lower(): p for p in (*reversed(others), *self.pages)}

    def target(self, at: str, written: str) -> Target:
        """Where `written`, in the file `at`, leads."""
        address = html.unescape(_ESCAPED.sub(r"\1", written.strip().removeprefix("<").removesuffix(">"))).strip()
        where = dirname(at)
        if (where, address) not in self._known:
            self._known[where, address] = self._resolve(where, address)
        return self._known[where, address]

    def _resolve(self, where: str, address: str) -> Target:
        number = quiz_number(address)
        if number is not None and self.course.quizzes:
            found = number in self.course.quizzes
            return Target(Kind.QUIZ, str(number)) if found else _nowhere(_("the quiz bank has no such quiz"))
        if not address or address.startswith("#") or _SCHEME.match(address):
            return Target(Kind.AWAY)
        path, _hash, anchor = address.partition("#")
        path = unquote(path.partition("?")[0])
        outside = False
        for base in ("" if path.startswith("/") else where, *self.course.bases):
            candidate = normpath(join(base, path.lstrip("/"))).removeprefix(".")
            outside |= candidate.startswith(".")
            if not candidate.startswith(".") and (found_at := self._at(candidate, anchor)):
                return found_at
        if named := self._stem(path):
            return Target(Kind.PAGE, named, anchor)
        return _nowhere(_("it leads out of the course's folder") if outside else _("there is no such file"))

    def _at(self, path: str, anchor: str) -> Target | None:
        if (
            not path
            or path in self._modules
            or (path in self.folder.folders and self.folder.readme(path) in self._homes)
        ):
            return Target(Kind.COURSE)
        stem = path.removesuffix(".html").removesuffix("/index")
        names = [path, self.folder.readme(path) if path in self.folder.folders else ""]
        names += [stem + suffix for suffix in _PAGES] if stem != path or not splitext(path)[1] else []
        found = next((real for name in names if name and (real := self.folder.find(name))), None)
        if found is None:
            return None
        if found in self._homes:
            return Target(Kind.COURSE)
        if found in self.pages or found.lower().endswith(_PAGES):
            return Target(Kind.PAGE, found, anchor)
        return self._file(found)

    def _file(self, path: str) -> Target:
        if path not in self._files:
            self._files[path] = why_not(self.folder, path)
        return _nowhere(self._files[path]) if self._files[path] else Target(Kind.FILE, path)

    def _stem(self, path: str) -> str:
        """`02-numpy.html`, `../02-numpy/` and `../02-numpy/index.html` all name the page `02-numpy`."""
        stem, suffix = splitext(path.rstrip("/").removesuffix("/index.html"))
        return self._stems.get(stem.rpartition("/")[2].lower(), "") if suffix in ("", ".html", ".md") else ""


def _nowhere(reason: str) -> Target:
    return Target(Kind.NOWHERE, reason=reason)
