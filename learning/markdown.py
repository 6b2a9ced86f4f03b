"""Course text: Markdown in, safe HTML out. One profile, used when text is written and again when it is shown."""

from __future__ import annotations

from functools import lru_cache

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from mdit_py_plugins.anchors import anchors_plugin
from mdit_py_plugins.container import container_plugin
from mdit_py_plugins.footnote import footnote_plugin

CALLOUTS = ("callout", "challenge", "solution", "hint", "objectives", "keypoints", "questions", "prereq", "discussion",
            "testimonial", "checklist", "instructor", "spoiler", "note", "tip", "warning", "important", "caution")  # fmt: skip

_TAGS = {
    "a", "abbr", "aside", "b", "blockquote", "br", "code", "dd", "del", "details", "div", "dl", "dt", "em", "figcaption",
    "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "s",
    "section", "small", "span", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr",
    "ul", "var",
}  # fmt: skip
_CLASSES = {*CALLOUTS, "callout-box", "callout-title", "footnotes", "footnote-ref", "footnote-backref", "footnote-item"}
_ATTRIBUTES = {
    "a": {"href", "title", "id"},
    "img": {"src", "alt", "title", "width", "height", "loading"},
    "td": {"align", "colspan", "rowspan"},
    "th": {"align", "colspan", "rowspan", "scope"},
    "ol": {"start"},
    "details": {"open"},
    **{f"h{n}": {"id"} for n in range(1, 7)},
    "li": {"id"},
    "abbr": {"title"},
}


def _attribute(tag: str, name: str, value: str) -> str | None:
    """Pictures come from our own pages only; a picture elsewhere would tell that address who is reading."""
    if tag == "img" and name == "src" and not _is_ours(value):
        return None
    return value


def _is_ours(address: str) -> bool:
    return address.startswith("/") and not address.startswith(("//", "/\\"))


def sanitise(html: str) -> SafeString:
    """The HTML that course text may hold; everything else is dropped. Cleaning twice changes nothing."""
    clean = nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_attribute,
        allowed_classes={**dict.fromkeys(("div", "section", "p", "span", "sup", "li", "a", "aside", "details"), _CLASSES),
                         "code": {f"language-{w}" for w in _LANGUAGES}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
    )  # fmt: skip
    return mark_safe(clean)


_LANGUAGES = (
    "python", "sh", "bash", "shell", "console", "output", "json", "yaml", "toml", "html", "css", "js", "javascript", "ts", "c",
    "cpp", "csharp", "java", "go", "rust", "sql", "text", "plaintext", "r", "xml", "dockerfile", "ini", "diff", "error",
    "powershell", "arduino",
)  # fmt: skip


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True, "linkify": False}).enable(["table", "strikethrough"])
    parser.use(anchors_plugin, min_level=1, max_level=4, permalink=False)
    parser.use(footnote_plugin)
    for name in CALLOUTS:
        parser.use(container_plugin, name=name)
    return parser


def render_markdown(text: str) -> SafeString:
    """Safe HTML of a Markdown text; raw HTML in it passes the same sanitiser."""
    return sanitise(_parser().render(text)) if text else SafeString("")
