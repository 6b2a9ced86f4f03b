"""Pages by key: a place in an order, as a word that goes into an address."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)


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

    def page(self, rows: QuerySet[Row], after: tuple[Any, int] | None, *, size: int) -> list[Row]:
        """So many rows after that place. One statement, or two after a place: the rest of its equals, then what lies
        beyond. As one condition with OR, an index runs over all equals before the place, however many."""
        rows = rows.order_by(*self.by)
        if after is None:
            return list(rows[:size])
        value, key = after
        equal = list(rows.filter(**{self.column: value, f"{self.key}__gt": key})[:size])
        if len(equal) == size:
            return equal
        beyond = f"{self.column}__{'lt' if self.is_down else 'gt'}"
        return equal + list(rows.filter(**{beyond: value})[: size - len(equal)])


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
