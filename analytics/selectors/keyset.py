"""Pages by key: a place in an order, as a word that goes into an address."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any

from django.db.models import Q


class BadCursor(ValueError):
    """A word that no page gave out."""


@dataclass(frozen=True)
class Order:
    """A column, downwards or upwards, and the primary key to tell equals apart."""

    column: str
    is_down: bool
    key: str

    @property
    def by(self) -> list[str]:
        return [f"-{self.column}" if self.is_down else self.column, self.key]

    def after(self, value: Any, key: int) -> Q:
        """What comes after that place. The first condition is one that an index can begin from."""
        beyond, at_least = ("lt", "lte") if self.is_down else ("gt", "gte")
        equal = Q(**{self.column: value, f"{self.key}__gt": key})
        return Q(**{f"{self.column}__{at_least}": value}) & (Q(**{f"{self.column}__{beyond}": value}) | equal)


def write(name: str, value: Any, key: int) -> str:
    """The place as a word; `name` says of which list."""
    text = json.dumps([name, str(value), key], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read(word: str, name: str) -> tuple[str, int]:
    """The value and key of the place. Raises BadCursor for what is no place of this list."""
    try:
        found = json.loads(base64.urlsafe_b64decode(word + "=" * (-len(word) % 4)))
        said, value, key = found
    except (ValueError, TypeError, binascii.Error) as wrong:
        raise BadCursor from wrong
    if said != name or not isinstance(value, str) or not isinstance(key, int) or isinstance(key, bool):
        raise BadCursor
    if not 0 <= key < 2**63 or "\x00" in value:
        raise BadCursor
    return value, key
