"""Words from elsewhere, made fit for a column."""

from __future__ import annotations

import re
import unicodedata

from django.utils.text import slugify

_NUMBER = re.compile(
    r"^(?:(?:lesson|module|week|unit|chapter|part|day|section|session|episode)[-_ ]?)?(\d{1,6})(?!\d)", re.I
)
_JOINERS = {"\u200d", "\ufe0e", "\ufe0f"}


def clean(text: str) -> str:
    """Without NUL and half characters, which no database stores."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def as_line(value: object) -> str:
    """A scalar from YAML or JSON as one line of words; lists, mappings and nothing are no words."""
    if value is None or isinstance(value, (list, dict, set, bytes)):
        return ""
    return " ".join(clean(str(value)).split())


def cut(text: str, most: int) -> str:
    """At most so many characters, ended at a word; a single endless word is cut between two whole letters."""
    if len(text) <= most:
        return text
    end = text.rfind(" ", most // 2, most)
    if end < 0:
        end = most - 1
        while end > most // 2 and _belongs_to_the_one_before(text, end):
            end -= 1
    return text[:end].rstrip() + "…"


def _belongs_to_the_one_before(text: str, at: int) -> bool:
    return unicodedata.combining(text[at]) != 0 or text[at] in _JOINERS or text[at - 1] in _JOINERS


def number_of(name: str) -> int | None:
    """The number that a folder's name begins with."""
    found = _NUMBER.match(name)
    return int(found[1]) if found else None


def humanised(name: str) -> str:
    """`1-getting-started` → `Getting started`."""
    found = _NUMBER.match(name)
    words = re.sub(r"[-_\s]+", " ", name[found.end() :] if found else name).strip(" .")
    words = words or re.sub(r"[-_\s]+", " ", name).strip()
    return words[:1].upper() + words[1:]


def free_address(wanted: str, taken: set[str], *, fallback: str) -> str:
    """An address made from `wanted` that is not taken yet; it is taken then."""
    base = slugify(wanted)[:100].strip("-") or fallback
    address, n = base, 1
    while address in taken:
        n += 1
        address = f"{base}-{n}"
    taken.add(address)
    return address
