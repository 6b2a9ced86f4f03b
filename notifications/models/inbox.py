"""Each learner's inbox."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from notifications.kinds import Kind

if TYPE_CHECKING:
    from typing import Self

    from learning.models.courses import Viewer


class NotificationQuerySet(models.QuerySet["Notification"]):
    def of(self, viewer: Viewer) -> Self:
        """This person's own; nobody else's, whoever they are."""
        return self.filter(learner=viewer.pk)

    def unread(self) -> Self:
        return self.filter(read_at=None)

    def newest_first(self) -> Self:
        return self.order_by("-created_at", "-id")


class Notification(models.Model):
    """Something that a learner should hear of, in words as they were then. The same thing is told once."""

    learner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    key = models.CharField(max_length=120, help_text=_("What it is about: the same for the same thing."))
    title = models.CharField(_("title"), max_length=240)
    body = models.CharField(_("text"), max_length=500, blank=True)
    url = models.CharField(_("leads to"), max_length=300, blank=True, help_text=_("A path of this site."))
    created_at = models.DateTimeField(_("when"))
    read_at = models.DateTimeField(_("read"), null=True, blank=True)
    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        constraints = [
            models.UniqueConstraint(fields=["learner", "kind", "key"], name="notification_once_per_thing"),
            models.CheckConstraint(
                # Browsers read // and /\ as the beginning of another site's address.
                condition=Q(url="") | (Q(url__startswith="/") & ~Q(url__startswith="//") & ~Q(url__startswith="/\\")),
                name="notification_leads_to_this_site",
            ),
        ]
        indexes = [
            models.Index(fields=["learner", "-created_at", "-id"], name="notification_newest_first"),
            models.Index(
                fields=["learner", "-created_at", "-id"], condition=Q(read_at=None), name="notification_unread"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key} for {self.learner_id}"
