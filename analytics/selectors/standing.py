"""A learner's streak, level and XP, as every page shows them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from gamification.kinds import LevelState, alive, level_of
from gamification.models import Profile
from learning.models import User
from learning.services.people import absent_days


@dataclass(frozen=True)
class Standing:
    """Where a learner stands on `today`, their own date; `was_active` tells whether today already counts."""

    current_streak: int
    longest_streak: int
    was_active: bool
    level: LevelState

    @property
    def xp_in_level(self) -> int:
        return max(self.level.xp, 0) - self.level.level_xp

    @property
    def xp_of_level(self) -> int:
        return self.level.next_level_xp - self.level.level_xp

    @property
    def xp_to_next(self) -> int:
        return self.level.next_level_xp - max(self.level.xp, 0)


def standing(learner: User, at: dt.datetime) -> Standing:
    """The learner's standing at `at`; all zeros for somebody who has not begun."""
    profile = Profile.objects.filter(learner=learner).first() or Profile(learner=learner)
    today = learner.day_at(at)
    skipped = absent_days(learner) if profile.run else set()
    current = alive(profile.run, profile.last_active_day, today, lambda day: day in skipped)
    return Standing(current, profile.longest_streak, profile.last_active_day == today, level_of(profile.xp))
