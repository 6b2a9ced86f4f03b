"""What a course says about itself: a small `cairn.yaml` at the top, over whatever its layout has for that."""

from __future__ import annotations

from typing import Any

from django.utils.text import slugify

from learning.importing.folder import Folder
from learning.importing.pages import first_sentence, opening, split_front_matter, title_of
from learning.importing.source import SourceCourse, SourceModule
from learning.importing.words import as_line, clean, cut, humanised
from learning.kinds import Level

MANIFEST = "cairn.yaml"


def describe(folder: Folder, modules: list[SourceModule], config: dict[str, Any]) -> SourceCourse:
    """The course around its modules. `config` is what the layout says; the manifest wins, the README helps out."""
    manifest = config | (folder.yaml(MANIFEST) if MANIFEST in folder.files else {})
    home, text, told = _introduction(folder)
    heading = title_of(text)
    level = as_line(manifest.get("level")).lower()
    return SourceCourse(
        slug=slugify(as_line(manifest.get("slug")) or folder.name)[:120].strip("-") or "course",
        title=cut(
            as_line(manifest.get("title")) or (heading and as_line(heading.title)) or humanised(folder.name), 160
        ),
        subtitle=cut(as_line(manifest.get("subtitle")), 240) or first_sentence(told, most=240),
        description=clean(str(manifest.get("description") or "")) or told,
        language=cut(as_line(manifest.get("lang") or manifest.get("language")), 12) or "en",
        level=level if level in Level.values else "",
        home=home,
        modules=modules,
    )


def _introduction(folder: Folder) -> tuple[str, str, str]:
    """The file at the top that tells something, its text, and what it tells; the README first."""
    found = ("", "", "")
    for path in filter(None, (folder.find("README.md"), folder.find("index.md"))):
        text = split_front_matter(folder.text(path), path=path)[1]
        found = found if found[0] else (path, text, "")
        if told := opening(text):
            return path, text, told
    return found
