"""What happens to the parsed text before it becomes HTML: titles, boxes, pictures, tables, tasks, placeholders."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator, MutableMapping
from itertools import islice
from typing import Any
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from learning.markdown.attributes import attributes_at
from learning.markdown.callouts import FOLDED, LABELS, UNNAMED
from learning.markdown.safety import is_ours

_ALERT = re.compile(r"^\[!(note|tip|important|warning|caution)\][ \t]*(.*)$", re.IGNORECASE)
_BOLD_ALERT = re.compile(r"^(note|tip|important|warning|caution):?()$", re.IGNORECASE)
_BREAKS = ("softbreak", "hardbreak")
_TASK = re.compile(r"^\[([ xX])\]\s")
_TAG = re.compile(r"</?([A-Za-z][\w:-]*)([^<>]*)>")
_RAW_ADDRESS = re.compile(r"""<(img|a)\b[^<>]{0,1000}?\s(?:src|href)\s*=\s*["']?([^"'\s<>]*)""", re.IGNORECASE)
_NAMED = re.compile(r"<a\s+name\s*=", re.IGNORECASE)
_LANGUAGE = re.compile(r"[a-z0-9+#_-]+")
_HTML_TAGS = frozenset({
    "a", "abbr", "acronym", "address", "applet", "area", "article", "aside", "audio", "b", "base", "basefont",
    "bdi", "bdo", "big", "blink", "blockquote", "body", "br", "button", "canvas", "caption", "center", "cite",
    "code", "col", "colgroup", "data", "datalist", "dd", "del", "details", "dfn", "dialog", "dir", "div",
    "dl", "dt", "em", "embed", "fieldset", "figcaption", "figure", "font", "footer", "form", "frame",
    "frameset", "g", "h1", "h2", "h3", "h4", "h5", "h6", "head", "header", "hgroup", "hr", "html", "i",
    "iframe", "image", "img", "input", "ins", "isindex", "kbd", "keygen", "label", "legend", "li", "link",
    "listing", "main", "map", "mark", "marquee", "math", "menu", "menuitem", "meta", "meter", "nav", "nobr",
    "noembed", "noframes", "noscript", "object", "ol", "optgroup", "option", "output", "p", "param", "path",
    "picture", "plaintext", "portal", "pre", "progress", "q", "rb", "rp", "rt", "rtc", "ruby", "s", "samp",
    "script", "search", "section", "select", "slot", "small", "source", "spacer", "span", "strike", "strong",
    "style", "sub", "summary", "sup", "svg", "table", "tbody", "td", "template", "textarea", "tfoot", "th",
    "thead", "time", "title", "tr", "track", "tt", "u", "ul", "use", "var", "video", "wbr", "xmp",
})  # fmt: skip


def shape_plugin(md: MarkdownIt) -> None:
    md.core.ruler.after("block", "headings_attributes", _heading_attributes)
    for rule in (_alerts, _titles, _boxes, _ids, _figures, _raw_html, _pictures, _tables, _tasks, _languages):
        md.core.ruler.push(rule.__name__.strip("_"), rule)


def text_of(inline: Token) -> str:
    """The words of a parsed line, without marks."""
    return "".join(_words(inline.children or [])).strip()


def _words(children: list[Token]) -> Iterator[str]:
    for child in children:
        if child.type in _BREAKS:
            yield " "
        elif child.type == "image":
            yield "".join(_words(child.children or []))
        elif child.type in ("text", "text_special", "code_inline"):
            yield child.content


def _heading_attributes(state: StateCore) -> None:
    """`## Title {#id .class}`: the id is the heading's, the braces go."""
    for opening, inline in zip(state.tokens, state.tokens[1:], strict=False):
        if opening.type != "heading_open" or not inline.content.endswith("}"):
            continue
        start = inline.content.rfind("{")
        found = attributes_at(inline.content, start) if start >= 0 else None
        if found and found.end == len(inline.content):
            inline.content = inline.content[:start].rstrip()
            if found.id:
                opening.attrSet("id", found.id)


def _titles(state: StateCore) -> None:
    """The page shows the title as its only h1: the text's own copy of it goes, further ones become h2."""
    tokens = state.tokens
    title = " ".join(state.env.get("title", "").split()).casefold()
    own = text_of(tokens[1]) if len(tokens) > 2 and tokens[0].tag == "h1" else ""
    if title and " ".join(own.split()).casefold() == title:
        del tokens[:3]
    for token in tokens:
        if token.type in ("heading_open", "heading_close") and token.tag == "h1":
            token.tag = "h2"


def _alerts(state: StateCore) -> None:
    """`> [!NOTE]` and `> **Note**` are boxes; so is a quotation that Kramdown gave a kind."""
    tokens = state.tokens
    for at, token in enumerate(tokens):
        if token.type != "blockquote_open":
            continue
        if token.meta.get("kind") not in LABELS:
            token.meta = _alert(tokens, at) or {}
        if not token.meta:
            continue
        closing = next(t for t in islice(tokens, at, None) if t.type == "blockquote_close" and t.level == token.level)
        token.type, token.tag, closing.type, closing.tag = "div_open", "div", "div_close", "div"


def _alert(tokens: list[Token], at: int) -> dict[str, str] | None:
    inline = tokens[at + 2] if len(tokens) > at + 2 and tokens[at + 1].type == "paragraph_open" else None
    children = [c for c in (inline.children if inline else None) or [] if c.type != "text" or c.content]
    found, length = _announcement(children)
    if inline is None or found is None or (len(children) > length and children[length].type not in _BREAKS):
        return None
    inline.children = children[length + 1 :]
    return {"kind": found[1].lower(), "title": found[2]}


def _announcement(children: list[Token]) -> tuple[re.Match[str] | None, int]:
    """The words that make a quotation a box, and how many tokens they are."""
    kinds = [c.type for c in children[:3]]
    if kinds == ["strong_open", "text", "strong_close"]:
        return _BOLD_ALERT.match(children[1].content.strip()), 3
    return (_ALERT.match(children[0].content), 1) if kinds[:1] == ["text"] else (None, 0)


def _boxes(state: StateCore) -> None:
    """Each known div becomes a box with a title: its own heading, or the name of its kind."""
    made: list[Token] = []
    tokens, folds = state.tokens, []
    for at, token in enumerate(tokens):
        if token.type == "div_open":
            kind = token.meta.get("kind", "")
            folds.append(kind in FOLDED)
            made.append(token)
            if kind in LABELS:
                made += _title(token, tokens[at + 1 : at + 4])
        elif token.type == "div_close" and folds and folds.pop():
            token.tag = "details"
            made.append(token)
        else:
            made.append(token)
    state.tokens[:] = made


def _title(box: Token, following: list[Token]) -> list[Token]:
    kind = box.meta["kind"]
    box.attrJoin("class", f"callout-box {kind}")
    label = str(LABELS[kind])
    heading = following[0].type == "heading_open" if following else False
    if kind in FOLDED:
        box.tag = "details"
        if heading:
            for token in (following[0], following[2]):
                token.type, token.tag = token.type.replace("heading", "summary"), "summary"
            return []
        return [_raw(f"<summary>{html.escape(box.meta.get('title') or label)}</summary>\n")]
    if not heading:
        return [_raw(f'<p class="callout-title">{html.escape(box.meta.get("title") or label)}</p>\n')]
    following[0].tag = following[2].tag = "h3"
    following[0].attrJoin("class", "callout-title")
    if kind in UNNAMED or text_of(following[1]).casefold() == label.casefold():
        return []
    return [_raw(f'<p class="callout-kind">{html.escape(label)}</p>\n')]


def _raw(content: str) -> Token:
    return Token("html_block", "", 0, content=content)


def _ids(state: StateCore) -> None:
    """Headings get the ids that GitHub gives them, so that links written for it arrive."""
    taken: set[str] = set()
    seen: Counter[str] = Counter()
    for opening, inline in zip(state.tokens, state.tokens[1:], strict=False):
        if opening.type not in ("heading_open", "summary_open"):
            continue
        wanted = str(opening.attrGet("id") or slug_of(text_of(inline)))
        slug = wanted
        while slug in taken:
            seen[wanted] += 1
            slug = f"{wanted}-{seen[wanted]}"
        taken.add(slug)
        opening.attrSet("id", slug)


def slug_of(title: str) -> str:
    return re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-") or "section"


def _figures(state: StateCore) -> None:
    """A picture alone in its paragraph, with words besides its description, is a figure with a caption."""
    for at, token in enumerate(state.tokens[:-2]):
        if token.type != "paragraph_open":
            continue
        inline = state.tokens[at + 1]
        image = inline.children[0] if inline.children and len(inline.children) == 1 else None
        if image is None or image.type != "image" or not image.meta.get("caption"):
            continue
        for part in (token, state.tokens[at + 2]):
            part.type, part.tag = part.type.replace("paragraph", "figure"), "figure"
        caption = [
            Token("caption_open", "figcaption", 1),
            *image.meta["caption"],
            Token("caption_close", "figcaption", -1),
        ]
        inline.children = [image, *caption]


def _raw_html(state: StateCore) -> None:
    """`<your name>` is no HTML: it is shown. Addresses in real HTML are noted."""
    for token in _all(state.tokens):
        if token.type not in ("html_inline", "html_block"):
            continue
        token.content = _NAMED.sub(r"<a id=", _TAG.sub(_placeholder, token.content))
        for tag, address in _RAW_ADDRESS.findall(token.content):
            state.env.setdefault("images" if tag.lower() == "img" else "links", []).append(html.unescape(address))


def _all(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from token.children or []


def _placeholder(found: re.Match[str]) -> str:
    if found[1].lower() in _HTML_TAGS or "=" in found[2]:
        return found[0]
    return html.escape(found[0], quote=False)


def _pictures(state: StateCore) -> None:
    """Pictures of ours load when they come near; a picture elsewhere becomes a link to it, or words within a link."""
    for token in state.tokens:
        if token.type == "inline" and token.children:
            token.children = list(_with_own_pictures(token.children, state.env))


def _with_own_pictures(children: list[Token], env: MutableMapping[str, Any]) -> Iterator[Token]:
    links = 0
    for child in children:
        links += child.type == "link_open"
        links -= child.type == "link_close"
        if child.type == "link_open":
            env.setdefault("links", []).append(str(child.attrGet("href") or ""))
        if child.type != "image":
            yield child
            continue
        address = str(child.attrGet("src") or "")
        env.setdefault("images", []).append(address)
        if is_ours(address):
            child.attrSet("loading", "lazy")
            yield child
        else:
            yield from _instead_of(child, address, in_link=links > 0)


def _instead_of(image: Token, address: str, *, in_link: bool) -> Iterator[Token]:
    away = address.lower().startswith(("http://", "https://"))
    alt = "".join(_words(image.children or [])).strip()
    words = Token("text", "", 0, content=alt or (unquote(address.rpartition("/")[2]) if away or in_link else ""))
    if away and not in_link:
        yield Token("link_open", "a", 1, attrs={"href": address})
        yield words
        yield Token("link_close", "a", -1)
    else:
        yield words


def _tables(state: StateCore) -> None:
    """Alignment as an attribute: the pages' policy allows no inline style."""
    for token in state.tokens:
        if token.type in ("th_open", "td_open") and (style := str(token.attrs.pop("style", ""))):
            token.attrSet("align", style.rpartition(":")[2])


def _tasks(state: StateCore) -> None:
    tokens = state.tokens
    for at in range(2, len(tokens)):
        if tokens[at].type != "inline" or tokens[at - 2].type != "list_item_open":
            continue
        first = (tokens[at].children or [Token("", "", 0)])[0]
        if first.type == "text" and (found := _TASK.match(first.content)):
            first.content = ("☐ " if found[1] == " " else "☑ ") + first.content[found.end() :]


def _languages(state: StateCore) -> None:
    """```` ```{.language-python} ````, ```` ```{r, echo=FALSE} ```` and ```` ```JSON ```` all name one language."""
    for token in state.tokens:
        if token.type == "fence":
            info = token.info.strip().strip("{}").strip().lstrip(".").lower().removeprefix("language-")
            found = _LANGUAGE.match(info)
            token.info = found[0] if found else ""
