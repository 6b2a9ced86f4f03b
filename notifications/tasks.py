"""What the clock runs on this floor. Each may run twice."""

from __future__ import annotations

import datetime as dt

from learning.jobs import job
from notifications.services import delivering  # noqa: F401  (a worker must know how to do its rows)
from notifications.services.digests import send_digests
from notifications.services.reminding import remind, tell_goals_near
from notifications.services.weekly import tell_weeks


@job("notifications.digests")
def digests(at: dt.datetime) -> int:
    """Mails that waited for a morning."""
    return send_digests(at=at)


@job("notifications.remind")
def reminders(at: dt.datetime) -> int:
    """Who began a course and has not been there for a while, told in their morning."""
    return remind(at=at)


@job("notifications.goals_near")
def goals_near(at: dt.datetime) -> int:
    """Who is one session away from the goal of their day, told in their evening."""
    return tell_goals_near(at=at)


@job("notifications.weekly_summaries")
def weekly_summaries(at: dt.datetime) -> int:
    """What learners did last week, told on their Monday morning."""
    return tell_weeks(at=at)
