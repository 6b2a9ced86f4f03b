"""A course at a glance, as its page and its endpoint show it."""

from __future__ import annotations

from typing import Any

from analytics.metrics import BINS, count_standing
from analytics.selectors.places import Place


def overview(place: Place) -> dict[str, Any]:
    """What API.md calls `analytics/`."""
    standing = count_standing(place.course, at=place.at)
    return {
        "stats": standing.stats,
        "funnel": [{"stage": stage, "count": n, "percent": share} for stage, n, share in standing.funnel],
        "distribution": [{"bin": name, "count": n} for name, n in zip(BINS, standing.bins, strict=True)],
    }
