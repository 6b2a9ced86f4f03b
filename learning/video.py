"""Ranges of a video: merging, measuring, and counting minutes. Pure functions over [from, to] pairs in seconds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

Range = tuple[float, float]

# Two ranges closer than this are one: players report times with gaps of some frames.
SEAM = 0.5


def merge(ranges: Iterable[Sequence[float]]) -> list[Range]:
    """The union of the ranges, in order, without overlaps."""
    merged: list[Range] = []
    for start, end in sorted((float(a), float(b)) for a, b in ranges):
        if merged and start <= merged[-1][1] + SEAM:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        elif end > start:
            merged.append((start, end))
    return merged


def length(ranges: Iterable[Sequence[float]]) -> float:
    """The seconds that the ranges hold, overlaps counted as often as they stand there."""
    return sum(end - start for start, end in ranges)


def coverage(ranges: Iterable[Sequence[float]], duration: float) -> float:
    """The share of the duration that lies in the union of the ranges, 0-100 with two decimals, rounded down."""
    if duration <= 0:
        return 0.0
    inside = [(max(0.0, a), min(b, duration)) for a, b in merge(ranges)]
    share = min(1.0, length([r for r in inside if r[1] > r[0]]) / duration)
    return int(share * 10_000) / 100


def minutes(ranges: Iterable[Sequence[float]]) -> list[int]:
    """The minutes of the video that the ranges touch, each as often as a range touches it."""
    touched: list[int] = []
    for start, end in ranges:
        last = int(end // 60) - (1 if end % 60 == 0 and end > start else 0)
        touched += range(int(start // 60), last + 1)
    return touched


def played(ranges: Iterable[Range]) -> list[Range]:
    """Those in which the video moved. A range without length says where it was stopped: see `stop`."""
    return [(start, end) for start, end in ranges if end != start]


def stop(ranges: Iterable[Range]) -> float | None:
    """Where the learner stopped: the last range without length; None where there is no such range."""
    return next((start for start, end in reversed(list(ranges)) if start == end), None)


def holds(ranges: Iterable[Sequence[float]], second: float) -> bool:
    """Whether that second of the video lies in the ranges, or at their edge."""
    return any(start - SEAM <= second <= end + SEAM for start, end in ranges)


def reach(ranges: Iterable[Sequence[float]]) -> float:
    """How far the beginning has been watched without a gap."""
    merged = merge(ranges)
    return merged[0][1] if merged and merged[0][0] <= SEAM else 0.0
