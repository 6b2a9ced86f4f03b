"""One score from ranks: how far back somebody stands in their own course, on the same day, by five signals.

Nothing is weighed from outcomes. Half of the score is how much somebody is there (when last, on how many days, for how
long), half is what they have got done of what others got done (a third of it by count, two thirds by score). Ranks make
it fair to the course's own rhythm: in a week in which everybody rests, everybody stands in the middle.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

LEAST_PEERS = 20
MIDDLE = 0.5


class Signal(StrEnum):
    """What is ranked. Of each, more is worse."""

    SILENT_DAYS = "silent_days"
    ABSENT_DAYS = "absent_days"
    IDLE_SECONDS = "idle_seconds"
    UNDONE = "undone"
    UNEARNED = "unearned"


WEIGHTS: dict[Signal, int] = {
    Signal.SILENT_DAYS: 1,
    Signal.ABSENT_DAYS: 1,
    Signal.IDLE_SECONDS: 1,
    Signal.UNDONE: 1,
    Signal.UNEARNED: 2,
}


def ranks(values: Sequence[float]) -> array[float]:
    """For each value the share of values below it, with half of those equal to it: in (0, 1), 0.5 where all agree."""
    ordered, n = sorted(values), len(values)
    known: dict[float, float] = {}
    out = array("d")
    for value in values:
        if value not in known:
            known[value] = (bisect_left(ordered, value) + bisect_right(ordered, value)) / (2 * n)
        out.append(known[value])
    return out


def scores(signals: Mapping[Signal, Sequence[float]]) -> array[float]:
    """The weighted mean of the ranks: higher for who stands further back."""
    size = len(next(iter(signals.values()), ()))
    out = array("d", bytes(8 * size))
    total = sum(WEIGHTS.values())
    for signal, weight in WEIGHTS.items():
        for n, rank in enumerate(ranks(signals[signal])):
            out[n] += rank * weight / total
    return out


def median(values: Iterable[float]) -> float | None:
    """The middle value, or the mean of the two in the middle; None of nothing."""
    ordered = sorted(values)
    if not ordered:
        return None
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


class Peers:
    """The median of a value among those who have been in the course for as long.

    As long: the same number of days since enrolment, and the nearest numbers until there are twenty people.
    """

    def __init__(self, rows: Iterable[tuple[int, float]]) -> None:
        self._by_tenure: dict[int, array[float]] = {}
        for tenure, value in rows:
            self._by_tenure.setdefault(tenure, array("d")).append(value)
        self._tenures = sorted(self._by_tenure)
        self._known: dict[int, float | None] = {}

    def median_at(self, tenure: int) -> float | None:
        if tenure not in self._known:
            self._known[tenure] = median(self._near(tenure))
        return self._known[tenure]

    def _near(self, tenure: int) -> list[float]:
        right = bisect_left(self._tenures, tenure)
        left, found = right - 1, list[float]()
        while len(found) < LEAST_PEERS and (left >= 0 or right < len(self._tenures)):
            gaps = [
                (abs(self._tenures[place] - tenure), place)
                for place in (left, right)
                if 0 <= place < len(self._tenures)
            ]
            for gap, place in gaps:
                if gap == min(gaps)[0]:
                    found += self._by_tenure[self._tenures[place]]
                    left, right = (left - 1, right) if place == left else (left, right + 1)
        return found
