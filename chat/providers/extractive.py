"""An answer from the course's own words: the best stretches of the best passages, quoted and linked. No network."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from chat.kinds import AnswerStatus, Citation
from chat.retrieval.words import terms_of

QUOTE_WORDS = 70
QUOTES = 3
# Another lesson is quoted too when it is about as strong as the first; weaker ones are only named.
AS_STRONG = 0.75
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|~#!])")
_LIST_LIKE = re.compile(r"^(\s*)([-+=]|\d+[.)])(?=\s)")
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=\S)")


@dataclass(frozen=True)
class Source:
    """A passage as an answer may use it. `strength` is its lesson's, comparable within one question."""

    passage: int
    citation: Citation
    text: str
    strength: float
    language: str


Weight = Callable[[str], float]


def compose(groups: Sequence[Sequence[Source]], status: AnswerStatus, weight: Weight, terms: Sequence[str]) -> str:
    """The answer in Markdown; `groups` are lessons, best first, each with its passages, best first."""
    if status == AnswerStatus.UNANSWERED:
        return not_found(groups)
    opening = {
        AnswerStatus.ANSWERED: _("This is what the course says about it."),
        AnswerStatus.PARTIAL: _("The course touches on this. The nearest passages:"),
    }[status]
    quoted = _to_quote(groups)
    parts = [opening]
    for source in quoted:
        parts.append(f"**{link(source.citation)}**\n\n{_quotation(best_stretch(source, weight, terms))}")
    used = {source.citation.lesson for source in quoted}
    others = [group[0].citation for group in groups if group and group[0].citation.lesson not in used]
    if others:
        parts.append(_("See also: %(lessons)s") % {"lessons": ", ".join(link(c) for c in others[:3])})
    return "\n\n".join(parts)


def citations(groups: Sequence[Sequence[Source]]) -> list[Citation]:
    """Where to read on: each lesson's best place, best lesson first."""
    return [group[0].citation for group in groups if group]


def pieces(markdown: str) -> list[str]:
    """The answer in the pieces that are sent one after the other: joined they are the answer."""
    return re.findall(r"(?s).+?(?:\n\n|\Z)", markdown)


def link(citation: Citation) -> str:
    """`[Lesson › Section](address)`, with the time for captions."""
    words = citation.title
    if citation.second is not None:
        words = f"{words} ({citation.second // 60}:{citation.second % 60:02d})"
    elif citation.heading:
        words = f"{words} › {citation.heading}"
    return f"[{escaped(words)}]({citation.url})"


def escaped(text: str) -> str:
    """Text that means itself in Markdown."""
    return _LIST_LIKE.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", text))


def not_found(groups: Sequence[Sequence[Source]]) -> str:
    """That the course does not cover it, and which lessons come nearest."""
    parts = [_("I did not find this in the course.")]
    nearest = citations(groups)[:3]
    if nearest:
        parts += [_("The nearest lessons are:"), "\n".join(f"- {link(citation)}" for citation in nearest)]
    return "\n\n".join(parts)


def _to_quote(groups: Sequence[Sequence[Source]]) -> list[Source]:
    """The best passage of each strong lesson, and a second one of the best lesson where there is room."""
    strong = [group for group in groups if group and group[0].strength >= groups[0][0].strength * AS_STRONG]
    chosen = [group[0] for group in strong[:QUOTES]]
    if len(chosen) == 1 and len(groups[0]) > 1:
        chosen.append(groups[0][1])
    return chosen


# --- quotations ---------------------------------------------------------------------------------------------------
def best_stretch(source: Source, weight: Weight, terms: Sequence[str]) -> list[str]:
    """The lines of the passage that hold most of the question, whole sentences, about `QUOTE_WORDS` words."""
    units = _units(source.text)
    wanted = set(terms)
    held = [wanted & set(terms_of(unit, language=source.language)) for unit in units]
    best, best_value = (0, 1), -1.0
    for start in range(len(units)):
        end = _reach(units, start)
        found: set[str] = set().union(*held[start:end])
        # Of stretches that hold the same, the one whose first sentence already says something.
        value = sum(weight(t) for t in found) + 0.3 * sum(weight(t) for t in held[start])
        if value > best_value:
            best, best_value = (start, end), value
    return units[best[0] : best[1]]


def _reach(units: Sequence[str], start: int) -> int:
    """How far a quotation goes that begins here: code that a sentence announces comes with it."""
    end, count = start, 0
    while end < len(units) and (end == start or count + len(units[end].split()) <= QUOTE_WORDS):
        count += len(units[end].split())
        end += 1
    announced = end < len(units) and units[end].startswith("```") and units[end - 1].rstrip().endswith(":")
    return end + 1 if announced else end


def _units(text: str) -> list[str]:
    """Sentences, list items and blocks of code, in order."""
    units: list[str] = []
    for number, part in enumerate(re.split(r"(?ms)^```\n(.*?)\n```$", text)):
        if number % 2:
            units.append(f"```\n{part}\n```")
        else:
            units += [s for line in part.split("\n") if line.strip() for s in _SENTENCE.split(line.strip())]
    return units or [text]


def _quotation(units: Sequence[str]) -> str:
    """The units as a block quotation; items stay items, code stays code."""
    lines: list[str] = []
    for unit in units:
        if unit.startswith("```"):
            lines += ["", *_code(unit), ""]
        elif unit.startswith("- "):
            lines += [*([""] if lines and not lines[-1].startswith("- ") else []), f"- {escaped(unit[2:])}"]
        elif lines and lines[-1] and not lines[-1].startswith("- "):
            lines[-1] += f" {escaped(unit)}"
        else:
            lines += [*([""] if lines and lines[-1] else []), escaped(unit)]
    return "\n".join(f"> {line}".rstrip() for line in lines)


def _code(unit: str) -> list[str]:
    """A fence that its own content cannot end."""
    content = unit.removeprefix("```\n").removesuffix("\n```")
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", content)), default=0))
    return [fence, *content.split("\n"), fence]
