"""What was written in a conversation, as HTML that can do nothing."""

from __future__ import annotations

import re
from functools import cache

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

_TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "code", "pre", "blockquote", "h3", "h4", "a"}
_OURS = re.compile(r"/(?![/\\])[^\\\s]*|#[^\s]*")


def render(text: str) -> SafeString:
    """Markdown in, HTML of a few elements out: no picture, no style, links only to this site and over https."""
    html = nh3.clean(
        _parser().render(text),
        tags=_TAGS,
        attributes={"a": {"href"}},
        attribute_filter=_attribute,
        url_schemes={"https"},
        link_rel="noopener nofollow",
    )
    return mark_safe(html)


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False, "breaks": True}).disable("image")


def _attribute(tag: str, name: str, value: str) -> str | None:
    return value if value.startswith("https://") or _OURS.fullmatch(value) else None
