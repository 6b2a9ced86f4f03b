"""Attributes in braces, as Pandoc and Kramdown write them: `{#id .class alt='words'}`, `{: .language-python}`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markdown_it.common.utils import unescapeAll
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

_LONGEST = 2000
_ITEM = re.compile(
    r"""
    \.(?P<cls>[\w:+-]+) | \#(?P<id>[\w:.-]+)
    | (?P<key>[\w-]+)=(?:
        "(?P<double>[^"]{0,2000})"
        | '(?P<single>.{0,2000}?)'(?=\s*\}|\s+[.\#][\w-]+[\s}]|\s+[\w-]+=)
        | (?P<bare>[^\s"'{}]+)
      )
    """,
    re.VERBOSE | re.DOTALL,
)
_SPAN = re.compile(r"\[([^\[\]\n]{1,300})\](?=\{[.#])")
_KRAMDOWN_LINE = re.compile(r"^\{:(.{0,2000})\}\s*$")
_AFTER = {"image", "link_close", "code_inline", "strong_close", "em_close"}


@dataclass
class Attributes:
    """What stood between the braces; `end` is the position behind them."""

    end: int = 0
    id: str = ""
    classes: list[str] = field(default_factory=list)
    pairs: dict[str, str] = field(default_factory=dict)


def attributes_at(text: str, start: int) -> Attributes | None:
    """The attributes whose `{` stands at `start`; None where it is an ordinary brace."""
    found, at = Attributes(), start + 1
    at += text.startswith(":", at)
    while at < len(text) and at - start < _LONGEST * 2:
        if text[at].isspace():
            at += 1
        elif text[at] == "}":
            found.end = at + 1
            return found
        elif item := _ITEM.match(text, at):
            _take(found, item)
            at = item.end()
        else:
            return None
    return None


def _take(found: Attributes, item: re.Match[str]) -> None:
    if item["cls"]:
        found.classes.append(item["cls"])
    elif item["id"]:
        found.id = item["id"]
    else:
        value = next(v for v in (item["double"], item["single"], item["bare"]) if v is not None)
        found.pairs[item["key"].lower()] = " ".join(unescapeAll(value).split())


def attributes_plugin(md: MarkdownIt) -> None:
    """Attributes behind pictures, links and code are taken; Kramdown's are taken or dropped; spans get their id."""
    md.inline.ruler.before("link", "bracketed_span", _bracketed_span)
    md.inline.ruler.push("attributes", _inline)
    md.block.ruler.before(
        "paragraph", "kramdown_line", _line, {"alt": ["paragraph", "reference", "blockquote", "list", "table"]}
    )


def _inline(state: StateInline, silent: bool) -> bool:
    if silent or state.src[state.pos] != "{":
        return False
    kramdown = state.src.startswith("{:", state.pos)
    behind = state.tokens[-1] if state.tokens and not state.pending else None
    if not kramdown and (behind is None or behind.type not in _AFTER):
        return False
    found = attributes_at(state.src[: state.posMax], state.pos)
    if found is None:
        return False
    if behind is not None and behind.type == "image":
        _describe(behind, found)
    state.pos = found.end
    return True


def _describe(image: Token, found: Attributes) -> None:
    """The attribute is what the picture shows; the words in the brackets are then its caption."""
    if "alt" in found.pairs:
        image.meta = {"caption": image.children or []}
        image.children = [Token("text", "", 0, content=found.pairs["alt"])]
        image.content = found.pairs["alt"]
    for name in ("width", "height"):
        if name in found.pairs:
            image.attrSet(name, found.pairs[name].removesuffix("px"))


def _bracketed_span(state: StateInline, silent: bool) -> bool:
    if silent or state.src[state.pos] != "[":
        return False
    words = _SPAN.match(state.src, state.pos, state.posMax)
    found = attributes_at(state.src[: state.posMax], words.end()) if words else None
    if words is None or found is None:
        return False
    state.push("span_open", "span", 1).attrs = {"id": found.id} if found.id else {}
    outer = state.posMax
    state.pos, state.posMax = words.start(1), words.end(1)
    state.md.inline.tokenize(state)
    state.push("span_close", "span", -1)
    state.pos, state.posMax = found.end, outer
    return True


def _line(state: StateBlock, line: int, end_line: int, silent: bool) -> bool:
    """`{: .x}` on a line of its own belongs to the block before it: a language of code, or the kind of a box."""
    start, end = state.bMarks[line] + state.tShift[line], state.eMarks[line]
    if state.is_code_block(line) or not state.src.startswith("{:", start):
        return False
    if not _KRAMDOWN_LINE.match(state.src[start:end]):
        return False
    if silent:
        return True
    found = attributes_at(state.src[:end], start)
    if found and state.tokens:
        _apply(state.tokens, found)
    state.line = line + 1
    return True


def _apply(tokens: list[Token], found: Attributes) -> None:
    last = tokens[-1]
    if last.type == "fence" and not last.info.strip() and found.classes:
        last.info = "{." + found.classes[0] + "}"
    elif last.type == "blockquote_close" and found.classes:
        opening = next(t for t in reversed(tokens) if t.type == "blockquote_open" and t.level == last.level)
        opening.meta = {"kind": found.classes[0]}
    elif last.type == "heading_close" and found.id:
        opening = next(t for t in reversed(tokens) if t.type == "heading_open")
        opening.attrSet("id", found.id)
