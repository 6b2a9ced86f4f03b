"""Badges and rules for staff to edit; the ledger and what follows from it to read."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from gamification.models import ActiveDay, Badge, EarnedBadge, Profile, XPEntry, XPRule
from learning.admin.base import ReadOnly, StaffAdmin


@admin.register(Badge)
class BadgeAdmin(StaffAdmin):
    """Changing a rule changes who earns it from now on; what was earned stays."""

    can_delete = False
    list_display = ["title", "key", "metric", "threshold", "scope", "is_active", "position"]
    list_filter = ["metric", "is_active"]
    search_fields = ["title", "key"]
    ordering = ["position", "id"]


@admin.register(XPRule)
class XPRuleAdmin(StaffAdmin):
    """What an act pays from now on; what was paid stays."""

    can_delete = False
    list_display = ["key", "amount", "is_active"]
    search_fields = ["key"]


class OfALearner(ReadOnly, StaffAdmin):
    """A fact about one learner."""

    list_select_related = ["learner"]
    search_fields = ["learner__email", "learner__display_name"]
    search_help_text = _("Find a learner by name or address")

    @admin.display(description=_("learner"), ordering="learner__email")
    def who(self, row: Any) -> str:
        return f"{row.learner.name} ({row.learner.email})"


@admin.register(XPEntry)
class XPEntryAdmin(OfALearner):
    """The ledger: nothing in it is ever changed."""

    list_display = ["who", "amount", "rule", "source", "created_at", "reason"]
    list_filter = ["rule"]
    fields = ["who", "amount", "rule", "reason", "source", "created_at", "day"]
    ordering = ["-created_at", "-id"]


@admin.register(Profile)
class ProfileAdmin(OfALearner):
    """Cached totals; `manage.py rebuild` works them out anew."""

    list_display = ["who", "xp", "run", "longest_streak", "last_active_day"]
    fields = ["who", "xp", "run", "longest_streak", "last_active_day"]
    ordering = ["-xp", "pk"]


@admin.register(ActiveDay)
class ActiveDayAdmin(OfALearner):
    list_display = ["who", "day", "time_zone"]
    fields = ["who", "day", "time_zone"]
    ordering = ["-day", "-id"]


@admin.register(EarnedBadge)
class EarnedBadgeAdmin(OfALearner):
    list_display = ["who", "badge", "course", "earned_at"]
    list_filter = ["badge"]
    list_select_related = ["learner", "badge", "course"]
    fields = ["who", "badge", "course", "earned_at"]
    ordering = ["-earned_at", "-id"]
