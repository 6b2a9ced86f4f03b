"""Long streams of facts, in portions that fit into memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")
BATCH = 2000


def batches(rows: Iterable[T], size: int = BATCH) -> Iterator[list[T]]:
    """The rows in order, at most `size` at a time."""
    stream = iter(rows)
    while batch := list(islice(stream, size)):
        yield batch
