"""The one place where course HTML becomes safe."""

from __future__ import annotations

import html as html_entities
import re

import nh3
from django.utils.safestring import SafeString, mark_safe

from learning.markdown.callouts import CALLOUTS

_TAGS = {
    "a", "abbr", "aside", "b", "blockquote", "br", "code", "dd", "del", "details", "div", "dl", "dt", "em",
    "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark",
    "ol", "p", "pre", "q", "s", "section", "small", "span", "strong", "sub", "summary", "sup", "table",
    "tbody", "td", "tfoot", "th", "thead", "tr", "ul", "var",
}  # fmt: skip
_DROPPED_WITH_CONTENT = {
    "script", "style", "svg", "math", "template", "iframe", "object", "noscript", "textarea", "select", "title",
}  # fmt: skip
_CLASSES = {
    *CALLOUTS, "callout-box", "callout-kind", "callout-title",
    "footnotes", "footnote-ref", "footnote-backref", "footnote-item",
}  # fmt: skip
_WITH_CLASS = {"div", "section", "p", "span", "sup", "li", "a", "aside", "details", "h2", "h3", "h4"}
_WITH_ID = {
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "li",
    "a",
    "p",
    "div",
    "span",
    "details",
    "summary",
    "dt",
    "figure",
    "sup",
}
_OWN = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height", "loading"},
    "td": {"align", "colspan", "rowspan"},
    "th": {"align", "colspan", "rowspan", "scope"},
    "ol": {"start"},
    "details": {"open"},
    "abbr": {"title"},
    "code": {"class"},
}
_ATTRIBUTES = {
    tag: _OWN.get(tag, set()) | ({"class"} if tag in _WITH_CLASS else set()) | ({"id"} if tag in _WITH_ID else set())
    for tag in _TAGS
}
_LANGUAGE = re.compile(r"^language-[a-z0-9+#_-]{1,30}$")
_ID = re.compile(r"^\S{1,200}$")
_NUMBER = re.compile(r"^\d{1,5}%?$")
_ADDRESS = re.compile(r"(?:https?:|mailto:|[^:/?#]*(?:[/?#]|$))", re.IGNORECASE)
_PICTURE = re.compile(r'<img((?: [\w-]+="[^"]*")*) ?/?>')
_ALT = re.compile(r' alt="([^"]*)"')


def is_ours(address: str) -> bool:
    """Whether an address is a path of this site."""
    return address.startswith("/") and not address.startswith(("//", "/\\"))


def sanitise(html: str) -> SafeString:
    """The HTML that course text may hold; everything else is dropped. Cleaning twice changes nothing."""
    clean = nh3.clean(
        html,
        tags=_TAGS,
        clean_content_tags=_DROPPED_WITH_CONTENT,
        attributes=_ATTRIBUTES,
        attribute_filter=_attribute,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
    )
    return mark_safe(_PICTURE.sub(_picture, clean))  # this is where HTML becomes safe


def _attribute(tag: str, name: str, value: str) -> str | None:
    """Pictures come from our own pages only; a picture elsewhere would tell that address who is reading."""
    if tag == "img" and name == "src":
        return value if is_ours(value) else None
    if name == "href":  # no colon before the first slash, unless it ends a scheme that we know
        return value if _ADDRESS.match(value) else None
    if name == "class":
        return _classes(tag, value)
    if name == "id":
        return value if _ID.match(value) else None
    if name in ("width", "height"):
        return value if _NUMBER.match(value) else None
    return value


def _classes(tag: str, value: str) -> str | None:
    words = value.split()
    kept = [w for w in words if _LANGUAGE.match(w)] if tag == "code" else [w for w in words if w in _CLASSES]
    return " ".join(kept) or None


def _picture(found: re.Match[str]) -> str:
    """A picture that lost its address leaves its words behind."""
    if ' src="' in found[1]:
        return found[0]
    alt = _ALT.search(found[1])
    return html_entities.escape(html_entities.unescape(alt[1]), quote=False) if alt else ""
