"""Reading a text once: its HTML, the places in it that can be linked to, and the addresses that it names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

from django.utils.safestring import SafeString
from markdown_it import MarkdownIt
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from learning.markdown.attributes import attributes_plugin
from learning.markdown.divs import divs_plugin
from learning.markdown.safety import sanitise
from learning.markdown.shape import shape_plugin, text_of

_RAW_ID = re.compile(r"""<[a-z][^<>]{0,500}?\s(?:id|name)\s*=\s*["']?([^"'\s<>]+)""", re.IGNORECASE)
_UNDEFINED = re.compile(r"(?<![\w\])\\])\[([^\[\]]{1,300})\]\[([^\[\]]{0,200})\]")


@dataclass(frozen=True)
class Reading:
    """A text as it is shown. `links` and `images` are addresses as written, `undefined` are references to nothing."""

    html: SafeString
    anchors: frozenset[str]
    links: tuple[str, ...]
    images: tuple[str, ...]
    undefined: tuple[str, ...]


def render_markdown(text: str, *, title: str = "") -> SafeString:
    """Safe HTML of a Markdown text; raw HTML in it passes the same sanitiser.

    A first heading that only repeats `title` is left out: the page shows it already.
    """
    return read_markdown(text, title=title).html if text else SafeString("")


def read_markdown(text: str, *, title: str = "") -> Reading:
    """The text's safe HTML with its anchors and addresses."""
    env: dict[str, Any] = {"title": title}
    parser = _parser()
    tokens = parser.parse(text, env)
    html = parser.renderer.render(tokens, parser.options, env)
    lines = [t for t in tokens if t.type == "inline"]
    return Reading(
        html=sanitise(html),
        anchors=frozenset(_RAW_ID.findall(html)),
        links=tuple(env.get("links", ())),
        images=tuple(env.get("images", ())),
        undefined=tuple(
            found[0]
            for line in lines
            for child in line.children or []
            if child.type == "text"
            for found in _UNDEFINED.finditer(child.content)
        ),
    )


def plain_text(line: str) -> str:
    """The words of one line of Markdown."""
    tokens = _parser().parseInline(line)
    return text_of(tokens[0]) if tokens else ""


@dataclass(frozen=True)
class Heading:
    """A heading that stands in no box or quotation, with its lines (from, up to)."""

    level: int
    title: str
    start: int
    end: int


def headings(text: str) -> list[Heading]:
    """The text's own headings, in order."""
    tokens = _blocks().parse(text)
    return [
        Heading(int(opening.tag[1]), plain_text(inline.content), *(opening.map or [0, 0]))
        for opening, inline in pairwise(tokens)
        if opening.type == "heading_open" and opening.level == 0
    ]


def code_ranges(text: str) -> list[tuple[int, int]]:
    """The lines (from, up to) that are blocks of code."""
    tokens = _blocks().parse(text)
    return [(t.map[0], t.map[1]) for t in tokens if t.type in ("fence", "code_block") and t.map]


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True, "linkify": False}).enable(["table", "strikethrough"])
    parser.use(footnote_plugin).use(deflist_plugin)
    return parser.use(attributes_plugin).use(divs_plugin).use(shape_plugin)


@lru_cache(maxsize=1)
def _blocks() -> MarkdownIt:
    """The same reading of blocks, without what follows it."""
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table"])
    parser.use(footnote_plugin).use(deflist_plugin).use(attributes_plugin).use(divs_plugin).use(shape_plugin)
    parser.core.ruler.enableOnly(["normalize", "block", "headings_attributes"])
    return parser
