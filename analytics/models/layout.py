"""How a learner likes their page."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class DashboardLayout(models.Model):
    """The order of a learner's cards and those that they have hidden, as keys. Without a row the page is as it begins.

    Keys that this version does not know are passed over; a card that came later stands behind the one before it.
    """

    learner = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="dashboard_layout"
    )
    order = models.JSONField(_("order"), default=list)
    hidden = models.JSONField(_("hidden"), default=list)

    class Meta:
        verbose_name = _("layout of My learning")
        verbose_name_plural = _("layouts of My learning")

    def __str__(self) -> str:
        return f"layout of {self.learner_id}"
