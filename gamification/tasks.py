"""What the clock runs on this floor. Each may run twice."""

from __future__ import annotations

import datetime as dt

from gamification.services.closing import Closed, close_days
from gamification.services.closing import warn_of_risk as warn
from gamification.services.pauses import recount  # noqa: F401  (a worker must know how to do its rows)
from learning.jobs import job


@job("gamification.close_days", lease=dt.timedelta(minutes=5))
def close_days_that_are_over(at: dt.datetime) -> Closed:
    """Days that ended somewhere: freezes are told, ended streaks noted."""
    return close_days(at=at)


@job("gamification.warn_of_risk")
def warn_of_risk(at: dt.datetime) -> int:
    """Whose streak ends at their midnight, told in their evening."""
    return warn(at=at)
