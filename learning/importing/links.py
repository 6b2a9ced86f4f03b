"""References in a Markdown text: found outside code, and written anew without touching anything else."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import accumulate

from learning.markdown import code_ranges

_INLINE = re.compile(r"\]\(\s*(<[^<>\n]*>|(?:[^\s()\\<]|\\.|\((?:[^\s()\\]|\\.)*\))+)(?=[\s)])")
_DEFINITION = re.compile(r"^[ >\t]{0,12}\[(?!\^)((?:[^\[\]\n\\]|\\.)+)\]:[ \t]*(<[^<>\n]*>|\S+)", re.MULTILINE)
_HTML = re.compile(r"""<(?:img|a)\b[^<>]{0,1000}?\s(?:src|href)\s*=\s*(?:"([^"<>\n]*)"|'([^'<>\n]*)')""", re.IGNORECASE)
_TICKS = re.compile(r"`+")
_BREAK = re.compile(r"\n[ \t]*\n")


@dataclass(frozen=True)
class Reference:
    """An address at `start` to `end` of a text, with the words that it hangs on."""

    start: int
    end: int
    address: str
    words: str = ""


def references(text: str) -> list[Reference]:
    """Every address of a link, a picture or a definition, in order."""
    return sorted(_found(text), key=lambda r: r.start)


def rewrite(text: str, new: Callable[[str], str | None]) -> str:
    """The text with other addresses where `new` gives one."""
    parts, at = [], 0
    for reference in references(text):
        address = new(reference.address)
        if address is None or reference.start < at:
            continue
        parts += [text[at : reference.start], address]
        at = reference.end
    return "".join([*parts, text[at:]])


def definitions_in(text: str) -> dict[str, str]:
    """The lines that define references, by their label."""
    inside = Code(text)
    return {
        " ".join(m[1].casefold().split()): m[0].strip() for m in _DEFINITION.finditer(text) if m.start(1) not in inside
    }


def sub_outside_code(pattern: re.Pattern[str], new: Callable[[re.Match[str]], str], text: str) -> str:
    """`re.sub` that leaves code alone."""
    if not pattern.search(text):
        return text
    inside = Code(text)
    return pattern.sub(lambda m: m[0] if m.start() in inside else new(m), text)


def _found(text: str) -> Iterator[Reference]:
    inside = Code(text)
    for found in _INLINE.finditer(text):
        if found.start() not in inside:
            begin = text.rfind("[", max(0, found.start() - 200), found.start())
            yield Reference(
                found.start(1), found.end(1), found[1], text[begin + 1 : found.start()] if begin >= 0 else ""
            )
    for found in _DEFINITION.finditer(text):
        if found.start(1) not in inside:
            yield Reference(found.start(2), found.end(2), found[2], found[1])
    for found in _HTML.finditer(text):
        if found.start() not in inside:
            group = 1 if found[1] is not None else 2
            yield Reference(found.start(group), found.end(group), found[group])


class Code:
    """Where in a text there is code: `position in code`."""

    def __init__(self, text: str) -> None:
        starts = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]
        blocks = [(starts[a], starts[min(b, len(starts) - 1)]) for a, b in code_ranges(text)]
        self._ranges = sorted(blocks)
        self._starts = [start for start, _ in self._ranges]
        self._ranges = sorted([*blocks, *self._spans(text)])
        self._starts = [start for start, _ in self._ranges]

    def __contains__(self, position: int) -> bool:
        at = bisect_right(self._starts, position) - 1
        return at >= 0 and position < self._ranges[at][1]

    def _spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Runs of backticks and the next run as long in the same paragraph."""
        breaks = [m.start() for m in _BREAK.finditer(text)]
        runs: dict[tuple[int, int], list[re.Match[str]]] = defaultdict(list)
        ticks = [m for m in _TICKS.finditer(text) if m.start() not in self]
        for run in ticks:
            runs[bisect_right(breaks, run.start()), len(run[0])].append(run)
        end = 0
        for run in ticks:
            if run.start() < end or _escaped(text, run.start()):
                continue
            alike = runs[bisect_right(breaks, run.start()), len(run[0])]
            later = bisect_right(alike, run.start(), key=lambda m: m.start())
            if later < len(alike):
                end = alike[later].end()
                yield run.start(), end


def _escaped(text: str, at: int) -> bool:
    before = text[max(0, at - 20) : at]
    return (len(before) - len(before.rstrip("\\"))) % 2 == 1
