"""What this floor stores: the XP ledger, active days and pauses, badges, and each learner's cached totals."""

from gamification.models.badges import Badge, EarnedBadge
from gamification.models.pauses import Amnesty, Pause
from gamification.models.profile import ActiveDay, Profile
from gamification.models.xp import XPEntry, XPRule

__all__ = ["ActiveDay", "Amnesty", "Badge", "EarnedBadge", "Pause", "Profile", "XPEntry", "XPRule"]
