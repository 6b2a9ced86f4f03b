"""What `manage.py doctor` asks: each check is a sentence that must be true of no row, and perhaps a way to make it so.

Every floor registers its own in `services/doctor.py`; the command collects them from the ground up, in the order in
which they stand there. A check asks the database for sets: it never loads all learners, and changes nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

FEW = 5


@dataclass(frozen=True)
class Found:
    """How many break the rule, and the first few of them."""

    count: int = 0
    first: list[str] = field(default_factory=list)

    def __add__(self, other: Found) -> Found:
        return Found(self.count + other.count, [*self.first, *other.first][:FEW])

    @classmethod
    def rows(cls, broken: QuerySet[Any]) -> Found:
        """These rows, by their keys."""
        first = [str(pk) for pk in broken.order_by("pk").values_list("pk", flat=True)[:FEW]]
        return cls(len(first) if len(first) < FEW else broken.order_by().count(), first)

    @classmethod
    def each(cls, broken: Iterable[object]) -> Found:
        """Whatever comes, one after the other."""
        count, first = 0, list[str]()
        for one in broken:
            count += 1
            if len(first) < FEW:
                first.append(str(one))
        return cls(count, first)


Repair = Callable[[dt.datetime], Any]
Question = Callable[[dt.datetime], Found]


@dataclass(frozen=True)
class Check:
    """One rule. `wrong` says in a sentence what is the matter with what was found.

    A warning breaks no number and keeps nobody from working: it is said, and the doctor still ends well. `repair` makes
    caches anew from facts, beside whatever is going on; facts themselves are never repaired.
    """

    key: str
    wrong: str
    find: Question
    is_warning: bool = False
    repair: Repair | None = None


_checks: dict[str, Check] = {}


def check(
    key: str, wrong: str, *, repair: Repair | None = None, is_warning: bool = False
) -> Callable[[Question], Question]:
    """Register a check; the function gets the instant and answers what breaks the rule."""

    def register(find: Question) -> Question:
        add(Check(key, wrong, find, is_warning, repair))
        return find

    return register


def add(one: Check) -> None:
    """Register a check that is made elsewhere. A key is taken once."""
    if one.key in _checks:
        raise ValueError(f"There are two checks {one.key}.")
    _checks[one.key] = one


def checks() -> list[Check]:
    """All that are registered, in their order."""
    return list(_checks.values())
