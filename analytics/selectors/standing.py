"""A learner's streak, level and XP, as the pages show them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from gamification.kinds import LevelState
from gamification.selectors.profile import ProfileState, profile
from learning.models import User


@dataclass(frozen=True)
class Standing:
    """Where a learner stands on their today; `was_active` tells whether today already counts."""

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
    return standing_of(profile(learner, at=at), learner, at)


def standing_of(state: ProfileState, learner: User, at: dt.datetime) -> Standing:
    """The same from a profile that was read already."""
    was_active = state.last_active_day == learner.day_at(at)
    return Standing(state.current_streak, state.longest_streak, was_active, state.level)
