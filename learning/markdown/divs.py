"""Fenced divs: `::: challenge` … `:::`, nested, with three colons or fifty.

As in Pandoc, a line of colons with a name opens and one without a name closes the innermost, whatever their lengths.
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock

from learning.markdown.attributes import attributes_at

_OPENS = re.compile(r"^:{3,}\s*(?:(?P<braces>\{[^}]*\})|(?P<name>[A-Za-z][\w-]*))\s*(?P<rest>.*?)[\s:]*$")
_CLOSES = re.compile(r"^:{3,}\s*$")
_FENCE = re.compile(r"^(`{3,}|~{3,})")


def divs_plugin(md: MarkdownIt) -> None:
    """A `div_open` / `div_close` pair for each, with the kind and the title in `meta`."""
    md.block.ruler.before(
        "fence", "fenced_div", _div, {"alt": ["paragraph", "reference", "blockquote", "list", "table"]}
    )


def _text(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]


def _div(state: StateBlock, line: int, end_line: int, silent: bool) -> bool:
    text = _text(state, line)
    if state.is_code_block(line) or not text.startswith(":::"):
        return False
    opening = _OPENS.match(text)
    if not opening and not _CLOSES.match(text):
        return False
    if silent:
        return True
    if not opening:  # closes nothing: left out, as nobody wants to read it
        state.line = line + 1
        return True
    _push(state, line, _end(state, line, end_line), opening)
    return True


def _end(state: StateBlock, line: int, end_line: int) -> int:
    """The line that closes the div opened at `line`; the end of what holds it, where none does."""
    depth, fence = 1, ""
    for at in range(line + 1, end_line):
        text = _text(state, at)
        if fence:
            fence = "" if text.startswith(fence) and not text.strip(fence[0] + " \t") else fence
        elif mark := _FENCE.match(text):
            fence = mark[1]
        elif _CLOSES.match(text):
            depth -= 1
        elif text.startswith(":::") and _OPENS.match(text):
            depth += 1
        if not depth:
            return at
    return end_line


def _push(state: StateBlock, line: int, end: int, opening: re.Match[str]) -> None:
    found = attributes_at(opening["braces"], 0) if opening["braces"] else None
    kinds = found.classes if found else [opening["name"] or ""]
    token = state.push("div_open", "div", 1)
    token.map = [line, end]
    token.meta = {"kind": kinds[0].lower() if kinds else "", "title": opening["rest"].strip("# ")}
    if found and found.id:
        token.attrs = {"id": found.id}
    outer_end, outer_parent = state.lineMax, state.parentType
    state.lineMax, state.parentType = end, "container"
    state.md.block.tokenize(state, line + 1, end)
    state.lineMax, state.parentType = outer_end, outer_parent
    state.push("div_close", "div", -1)
    state.line = min(end + 1, outer_end)
