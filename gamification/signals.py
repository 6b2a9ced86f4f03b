"""What this floor announces. What its receivers answer is not collected: the act's own effects say it already."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from gamification.models import EarnedBadge, Milestone
from learning.models import User
from learning.signals import Fact


@dataclass(frozen=True)
class BadgesEarned:
    """A learner earned these badges by one act, at least one; said once, with all of them.

    `celebrated` says whether pages make something of it, or leave it to the inbox.
    """

    learner: User
    earned: Sequence[EarnedBadge]
    at: dt.datetime
    celebrated: bool = True


@dataclass(frozen=True)
class LevelReached:
    """A learner's XP passed the beginning of `level`; of several passed at once, the highest."""

    learner: User
    level: int
    at: dt.datetime
    celebrated: bool = True


@dataclass(frozen=True)
class MilestonesPassed:
    """A learner passed milestones by one act, each for the first time: those that pages celebrate, and those worth
    keeping as `news`. What the learner or the course has switched off is in neither."""

    learner: User
    celebrated: Sequence[Milestone]
    news: Sequence[Milestone]
    at: dt.datetime


@dataclass(frozen=True)
class FreezeUse:
    """A freeze covered `day`: the streak of `run` days goes on, with `left` freezes held."""

    learner: User
    day: dt.date
    run: int
    left: int


@dataclass(frozen=True)
class FreezesUsed:
    """Days that freezes covered, of many learners, at least one; each day said once when it is closed."""

    uses: Sequence[FreezeUse]
    at: dt.datetime


@dataclass(frozen=True)
class StreakAtRisk:
    """A streak of `run` days that ends with `day` unless the learner is active on it."""

    learner: User
    day: dt.date
    run: int


@dataclass(frozen=True)
class StreaksAtRisk:
    """Streaks of many learners, at least one, that end tonight; said in the evening, perhaps more than once."""

    risks: Sequence[StreakAtRisk]
    at: dt.datetime


@dataclass(frozen=True)
class ChallengeClaimed:
    """A learner was paid for a challenge; said once."""

    learner: User
    at: dt.datetime


@dataclass(frozen=True)
class StandingChanged:
    """What a learner sees of themselves changed without an act of learning: a goal, a switch, a pause, a correction."""

    learner: User
    at: dt.datetime


badges_earned: Fact[BadgesEarned] = Fact()
level_reached: Fact[LevelReached] = Fact()
milestones_passed: Fact[MilestonesPassed] = Fact()
freezes_used: Fact[FreezesUsed] = Fact()
streaks_at_risk: Fact[StreaksAtRisk] = Fact()
challenge_claimed: Fact[ChallengeClaimed] = Fact()
standing_changed: Fact[StandingChanged] = Fact()
