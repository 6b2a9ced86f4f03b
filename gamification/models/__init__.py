"""What this floor stores: XP, active days and pauses, badges, challenges, goals, and each learner's cached totals."""

from gamification.models.badges import Badge, BadgeShare, EarnedBadge
from gamification.models.challenges import Challenge, ChallengeTemplate
from gamification.models.goals import Goal, Milestone
from gamification.models.pauses import Amnesty, Pause
from gamification.models.profile import ActiveDay, Profile
from gamification.models.switches import CourseSwitches, Preferences
from gamification.models.xp import XPEntry, XPRule

__all__ = [
    "ActiveDay",
    "Amnesty",
    "Badge",
    "BadgeShare",
    "Challenge",
    "ChallengeTemplate",
    "CourseSwitches",
    "EarnedBadge",
    "Goal",
    "Milestone",
    "Pause",
    "Preferences",
    "Profile",
    "XPEntry",
    "XPRule",
]
