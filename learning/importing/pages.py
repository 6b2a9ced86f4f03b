"""Reading one Markdown file: front matter, title, minutes."""

from __future__ import annotations

import math
import re
from posixpath import basename, splitext
from typing import Any

from learning.importing.folder import Folder, parse_yaml
from learning.importing.source import Page
from learning.importing.words import as_line, cut, humanised
from learning.markdown import Heading, headings, plain_text

WORDS_PER_MINUTE = 200
MOST_MINUTES = 6000
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_BRACED = re.compile(r"\{(?:%.*?%|\{.*?\}|:.*?)\}")


def read_page(folder: Folder, path: str, *, fallback: str = "") -> Page:
    """The page of a file; without a heading it is called by its file's name."""
    meta, text = split_front_matter(folder.text(path), path=path)
    title = as_line(meta.get("title"))
    if not title:
        title, text = _own_title(text)
    title = title or fallback or humanised(splitext(basename(path))[0])
    return Page(path=path, title=cut(title, 200), text=text.strip("\n"), minutes=_minutes(meta, text))


def split_front_matter(text: str, *, path: str) -> tuple[dict[str, Any], str]:
    """What stands between `---` lines at the top, and the text after it."""
    found = _FRONT_MATTER.match(text)
    if not found or (found[1].strip() and ":" not in found[1]):
        return {}, text
    value = parse_yaml(found[1], path=path)
    return (value or {}, text[found.end() :]) if value is None or isinstance(value, dict) else ({}, text)


def title_of(text: str) -> Heading | None:
    """The heading that names a text: its first of the first level, else its first."""
    found = headings(text)
    return next((h for h in found if h.level == 1), found[0] if found else None)


def _own_title(text: str) -> tuple[str, str]:
    """The title and the text without it: the page shows the title itself."""
    heading = title_of(text)
    if heading is None or not heading.title:
        return "", text
    lines = text.split("\n")
    if heading.level == 1 or not "".join(lines[: heading.start]).strip():
        del lines[heading.start : heading.end]
    return " ".join(heading.title.split()), "\n".join(lines)


def opening(text: str, *, most: int = 2) -> str:
    """The first paragraphs of plain words after the title: what a README says about its course."""
    heading = title_of(text)
    later = [h.start for h in headings(text) if heading and h.start > heading.start]
    lines = text.split("\n")[heading.end if heading else 0 : later[0] if later else None]
    paragraphs = [p.strip() for p in re.split(r"\n\s*\n", "\n".join(lines))]
    return "\n\n".join([p for p in paragraphs if _is_prose(p)][:most])


def _is_prose(paragraph: str) -> bool:
    return bool(re.match(r"[^\W_]", paragraph)) and len(plain_text(paragraph).split()) > 3


def first_sentence(text: str, *, most: int) -> str:
    words = " ".join(plain_text(text.partition("\n\n")[0].replace("\n", " ")).split())
    return cut(re.split(r"(?<=[.!?])\s", words, maxsplit=1)[0], most)


def _minutes(meta: dict[str, Any], text: str) -> int:
    """What the front matter says, teaching and exercises together; else the time that reading takes."""
    told = _number(meta.get("teaching")) + _number(meta.get("exercises"))
    for name in ("minutes", "estimated_minutes", "duration"):
        told = told or _number(meta.get(name))
    words = len(_BRACED.sub(" ", text).split())
    return min(max(told or math.ceil(words / WORDS_PER_MINUTE), 1), MOST_MINUTES)


def _number(value: object) -> int:
    """A whole number of minutes; 0 for whatever is none."""
    try:
        number = 0.0 if isinstance(value, bool) else float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return 0
    return math.ceil(min(max(number, 0), MOST_MINUTES)) if math.isfinite(number) else 0
