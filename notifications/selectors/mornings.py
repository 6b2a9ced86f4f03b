"""Where on earth it is a certain time of the day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator

from learning.models import User
from learning.zones import zone


def zones_where(hours: Collection[int], *, at: dt.datetime) -> Iterator[tuple[str, dt.datetime]]:
    """Zones in which people live and in which the clock shows one of these hours, with their time."""
    names = User.objects.order_by("time_zone").values_list("time_zone", flat=True).distinct()
    for name in names:
        local = at.astimezone(zone(name))
        if local.hour in hours:
            yield name, local


def monday_mornings(*, at: dt.datetime) -> Iterator[tuple[str, dt.date]]:
    """Zones in which it is Monday between seven and noon, with that day."""
    for name, local in zones_where(range(7, 12), at=at):
        if local.weekday() == 0:
            yield name, local.date()
