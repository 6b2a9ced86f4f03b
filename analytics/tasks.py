"""What the clock runs on this floor. Each may run twice."""

from __future__ import annotations

import datetime as dt

from analytics.services import rollups
from learning.jobs import job


@job("analytics.close_course_days", lease=dt.timedelta(minutes=15))
def close_course_days(at: dt.datetime) -> int:
    """Days that are over in their course's zone, and days that something came late for."""
    return rollups.close_days(at=at)
