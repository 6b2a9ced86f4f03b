"""The layout `episodes`: Markdown files with front matter, listed in order in a `config.yaml`."""

from __future__ import annotations

import re
from posixpath import basename, join, normpath, splitext
from typing import Any

from django.utils.translation import gettext as _

from learning.importing.folder import Folder, refused
from learning.importing.links import definitions_in, sub_outside_code
from learning.importing.manifest import describe
from learning.importing.pages import read_page, split_front_matter
from learning.importing.quizzes import read_quizzes
from learning.importing.report import Unresolved
from learning.importing.source import Page, SourceCourse, SourceLesson, SourceModule

_CONFIGS = ("config.yaml", "config.yml", "_config.yaml", "_config.yml")
_FOLDERS = ("episodes", "_episodes")
_SUFFIXES = (".md", ".rmd", ".qmd")
_SHARED_LINKS = ("links.md", "_includes/links.md", "episodes/links.md")
_LINK_TAG = re.compile(r"\{%-?\s*link\s+([^\s%]+)\s*-?%\}")
_ROOT = re.compile(r"""(?<=[("'<\s])\{\{\s*(?:page|site)?\.?\w+\s*\}\}/?(?=[\w./])""")
_TAG = re.compile(r"[ \t]*\{%-?\s*(\w*)[^\n]*?-?%\}")


def read_episodes(folder: Folder) -> SourceCourse:
    config_path = next((c for c in _CONFIGS if c in folder.files), "")
    config = folder.yaml(config_path) if config_path else {}
    home = next((f for f in _FOLDERS if folder.beside(f, *_SUFFIXES)), "")
    unresolved: list[Unresolved] = []
    paths = _listed(folder, config, config_path, home, unresolved) or _in_file_order(folder, home)
    if not paths:
        raise refused(folder.name, _("there are no episodes in it"))
    lessons = [SourceLesson(read_page(folder, path)) for path in paths]
    module = SourceModule(path=home or ".", title="", lessons=lessons)
    course = describe(folder, [module], config)
    module.title = course.title
    course.bases, course.flat_addresses = ("", home) if home else ("",), True
    course.unresolved += unresolved
    _tidy(folder, course)
    read_quizzes(folder, course)
    return course


def _listed(
    folder: Folder, config: dict[str, Any], config_path: str, home: str, unresolved: list[Unresolved]
) -> list[str]:
    names = config.get("episodes") or []
    if not isinstance(names, list) or not all(isinstance(n, str) for n in names):
        raise refused(config_path, _("its `episodes` is not a list of file names"))
    found = []
    for name in names:
        path = normpath(join(home, name))
        if path.startswith(("..", "/")):
            raise refused(config_path, _("%(name)s leads out of the course's folder") % {"name": name})
        if real := folder.find(path) or folder.find(normpath(name)):
            found.append(real)
        else:
            unresolved.append(Unresolved(config_path, name, _("there is no such file")))
    return list(dict.fromkeys(found))


def _in_file_order(folder: Folder, home: str) -> list[str]:
    """Without a list, every file of the folder is an episode; at the top only those with front matter are."""
    found = [p for p in folder.beside(home, *_SUFFIXES) if splitext(basename(p))[0].lower() not in ("readme", "index")]
    return [p for p in found if home or split_front_matter(folder.text(p), path=p)[0]]


def _tidy(folder: Folder, course: SourceCourse) -> None:
    """Take out what only the lesson's own site generator understands, and bring in the links that pages share."""
    path = next((p for p in _SHARED_LINKS if p in folder.files), "")
    shared = definitions_in(_without_tags(folder.text(path))) if path else {}
    for page in [page for lesson in course.lessons for page in (lesson.page, *lesson.further)]:
        tidy_page(page, shared, course.unresolved)
    course.tidy = lambda page: tidy_page(page, shared, course.unresolved)


def tidy_page(page: Page, shared: dict[str, str], unresolved: list[Unresolved]) -> None:
    for tag in _TAG.finditer(page.text):
        if tag[1] == "include" and "links" not in tag[0]:
            unresolved.append(Unresolved(page.path, tag[0].strip(), _("includes are left out")))
    page.text = _without_tags(page.text)
    own = definitions_in(page.text)
    used = [line for label, line in shared.items() if label not in own and f"[{label}]" in page.text.casefold()]
    page.text = "\n".join([page.text, "", *used]) if used else page.text


def _without_tags(text: str) -> str:
    text = sub_outside_code(_LINK_TAG, lambda m: "/" + m[1].lstrip("/"), text)
    text = sub_outside_code(_ROOT, lambda m: "/", text)
    return sub_outside_code(_TAG, lambda m: "", text)
