"""What this floor stores: the XP ledger, active days, badges, and each learner's cached totals."""

from gamification.models.badges import Badge, EarnedBadge
from gamification.models.profile import ActiveDay, Profile
from gamification.models.xp import XPEntry, XPRule

__all__ = ["ActiveDay", "Badge", "EarnedBadge", "Profile", "XPEntry", "XPRule"]
