"""The XP ledger: append-only, and its sum is the truth."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gamification.kinds import Rule


class XPRule(models.Model):
    """How much an act pays. Editing it changes what comes, never what was paid."""

    key = models.CharField(_("rule"), max_length=40, choices=Rule, unique=True)
    amount = models.PositiveIntegerField(_("XP"))
    is_active = models.BooleanField(_("pays"), default=True)

    class Meta:
        verbose_name = _("XP rule")
        verbose_name_plural = _("XP rules")
        ordering = ["key"]

    def __str__(self) -> str:
        return self.get_key_display()


class XPEntry(models.Model):
    """One payment. The database refuses to change or delete it; a mistake is met with a counter-entry that says why."""

    learner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="xp_entries")
    amount = models.IntegerField(_("XP"))
    rule = models.CharField(_("rule"), max_length=40, choices=Rule)
    reason = models.CharField(_("reason"), max_length=240, blank=True)
    source = models.CharField(_("source"), max_length=80)
    created_at = models.DateTimeField(_("when"))
    day = models.DateField(help_text=_("The learner's day."))

    class Meta:
        verbose_name = _("XP entry")
        verbose_name_plural = _("XP ledger")
        constraints = [
            models.UniqueConstraint(fields=["learner", "rule", "source"], name="xp_paid_once_per_source"),
            models.CheckConstraint(
                condition=Q(amount__gte=0) | (Q(rule="correction") & ~Q(reason="")),
                name="xp_negative_only_as_a_correction_with_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["learner", "-created_at", "-id"], name="xp_newest_first"),
            models.Index(fields=["day", "learner"], include=["amount"], name="xp_of_a_week"),
        ]

    def __str__(self) -> str:
        return f"{self.amount:+d} XP for {self.source}"
