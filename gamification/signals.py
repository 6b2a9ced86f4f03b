"""What this floor announces. What its receivers answer is not collected: the act's own effects say it already."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from gamification.models import EarnedBadge
from learning.models import User
from learning.signals import Fact


@dataclass(frozen=True)
class BadgesEarned:
    """A learner earned these badges by one act, at least one; said once, with all of them."""

    learner: User
    earned: Sequence[EarnedBadge]
    at: dt.datetime


@dataclass(frozen=True)
class LevelReached:
    """A learner's XP passed the beginning of `level`; of several passed at once, the highest."""

    learner: User
    level: int
    at: dt.datetime


badges_earned: Fact[BadgesEarned] = Fact()
level_reached: Fact[LevelReached] = Fact()
