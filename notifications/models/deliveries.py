"""Messages on their way out, and addresses that take none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from notifications.kinds import Channel, DeliveryState, Kind

if TYPE_CHECKING:
    from typing import Self

    from learning.models.courses import Viewer

ON_THE_WAY = (DeliveryState.QUEUED, DeliveryState.DEFERRED)


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def of(self, viewer: Viewer) -> Self:
        return self.filter(recipient=viewer.pk)

    def on_the_way(self) -> Self:
        return self.filter(state__in=ON_THE_WAY)


class Delivery(models.Model):
    """One message to one person by one channel, and what became of it. The same thing goes out once.

    It has one row of the outbox, written with it. `until` is when it would be of no use any more, `counted_on` the
    recipient's day on which it took a place under their daily cap. `is_held`: it waits for a digest, and `digest` is
    the one that carries it. `at_once` goes out whatever its recipient chose: a sample that they asked for.
    """

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="deliveries")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel)
    key = models.CharField(max_length=120, help_text=_("What it is about: the same for the same thing."))
    address = models.CharField(
        _("device"), max_length=200, blank=True, help_text=_("Empty where a person has one address.")
    )
    title = models.CharField(_("title"), max_length=240)
    body = models.TextField(_("text"), blank=True)
    url = models.CharField(_("leads to"), max_length=300, blank=True)
    words = models.JSONField(default=dict, blank=True)
    course = models.ForeignKey(
        "learning.Course", models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("course")
    )
    at_once = models.BooleanField(default=False)
    state = models.CharField(_("state"), max_length=12, choices=DeliveryState, default=DeliveryState.QUEUED)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    created_at = models.DateTimeField(_("told"))
    until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    counted_on = models.DateField(null=True, blank=True)
    is_held = models.BooleanField(default=False, db_default=False)
    digest = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="carries")
    error = models.TextField(_("why not"), blank=True)
    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "kind", "channel", "key", "address"], name="delivery_once_per_thing_and_address"
            ),
            models.CheckConstraint(
                condition=Q(state=DeliveryState.SENT, sent_at__isnull=False)
                | (~Q(state=DeliveryState.SENT) & Q(sent_at=None)),
                name="delivery_sent_has_its_moment",
            ),
            models.CheckConstraint(condition=Q(state__in=DeliveryState.values), name="delivery_state_is_known"),
            models.CheckConstraint(condition=~Q(channel=Channel.IN_APP), name="delivery_leaves_the_app"),
            models.CheckConstraint(
                # Browsers read // and /\ as the beginning of another site's address.
                condition=Q(url="") | (Q(url__startswith="/") & ~Q(url__startswith="//") & ~Q(url__startswith="/\\")),
                name="delivery_leads_to_this_site",
            ),
        ]
        indexes = [
            models.Index(fields=["recipient", "counted_on"], name="delivery_under_the_cap"),
            models.Index(fields=["recipient"], condition=Q(is_held=True, digest=None), name="delivery_for_a_digest"),
            models.Index(fields=["-created_at", "-id"], name="delivery_newest_first"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key} by {self.channel} for {self.recipient_id}"


class DeadAddress(models.Model):
    """An address that refused our messages for good: nothing more is sent there until somebody says that it works."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="dead_addresses")
    channel = models.CharField(_("channel"), max_length=8, choices=Channel)
    address = models.CharField(_("address"), max_length=254)
    reason = models.TextField(_("reason"), blank=True)
    since = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("address that does not work")
        verbose_name_plural = _("addresses that do not work")
        constraints = [
            models.UniqueConstraint(fields=["person", "channel", "address"], name="dead_address_once_per_address"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} of {self.person_id}"
