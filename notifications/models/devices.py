"""Browsers and phones that a person wants to be told on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from typing import Self

    from learning.models.courses import Viewer


class DeviceQuerySet(models.QuerySet["Device"]):
    def of(self, viewer: Viewer) -> Self:
        """This person's own."""
        return self.filter(person=viewer.pk)

    def in_use(self) -> Self:
        """Without those that a push service refused for good."""
        return self.filter(disabled_at=None)

    def newest_first(self) -> Self:
        return self.order_by("-created_at", "-id")


class Device(models.Model):
    """A browser's push subscription, or an app's token: a way to show a person something while no page is open.

    It belongs to whoever registered it last, so that a browser that two people share tells the one who turned it on.
    """

    class Platform(models.TextChoices):
        WEB = "web", _("Browser")
        IOS = "ios", _("iOS app")
        ANDROID = "android", _("Android app")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="devices")
    platform = models.CharField(_("platform"), max_length=8, choices=Platform)
    digest = models.CharField(max_length=64, unique=True, help_text=_("Of the subscription's address, or the token."))
    endpoint = models.CharField(max_length=2000, blank=True, help_text=_("Browser: where the push service listens."))
    p256dh = models.CharField(max_length=100, blank=True, help_text=_("Browser: its public key."))
    auth = models.CharField(max_length=40, blank=True, help_text=_("Browser: its secret."))
    server_key = models.CharField(max_length=100, blank=True, help_text=_("Browser: the key of ours that it trusts."))
    token = models.CharField(max_length=500, blank=True, help_text=_("App: its token."))
    name = models.CharField(_("name"), max_length=80, blank=True)
    created_at = models.DateTimeField(_("since"))
    last_used_at = models.DateTimeField(_("last message"), null=True)
    disabled_at = models.DateTimeField(_("refused since"), null=True)
    objects = DeviceQuerySet.as_manager()

    class Meta:
        verbose_name = _("device")
        verbose_name_plural = _("devices")
        constraints = [
            models.CheckConstraint(
                condition=(Q(platform="web", endpoint__startswith="http", token="") & ~Q(p256dh="") & ~Q(auth=""))
                | (Q(platform__in=["ios", "android"], endpoint="") & ~Q(token="")),
                name="device_has_a_subscription_or_a_token",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.platform} {self.pk} of {self.person_id}"
