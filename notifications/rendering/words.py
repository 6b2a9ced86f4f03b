"""Templates that staff write: text with `{variables}`, and nothing that could run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from string import Formatter


class BadTemplate(ValueError):
    """A text that names what does not exist, or whose braces do not close."""


def variables_in(text: str) -> set[str]:
    """The variables that a text names. A brace that stands for itself is written twice."""
    found = set()
    try:
        for _literal, name, spec, conversion in Formatter().parse(text):
            if name is None:
                continue
            if spec or conversion or not name.isidentifier():
                raise BadTemplate(f"{{{name}}}")
            found.add(name)
    except ValueError as error:
        raise BadTemplate(str(error)) from error
    return found


def unknown_in(text: str, known: Iterable[str]) -> list[str]:
    """Variables of the text that are none of these."""
    return sorted(variables_in(text) - set(known))


def filled(text: str, words: Mapping[str, object]) -> str | None:
    """The text with its variables' values; None where one is missing, so that the words that were told stand."""
    if variables_in(text) - set(words):
        return None
    return text.format_map({name: str(value) for name, value in words.items()})
