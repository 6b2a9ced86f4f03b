"""What a person's open pages are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from notifications.kinds import EventKind

if TYPE_CHECKING:
    from typing import Self

    from learning.models.courses import Viewer


class LiveEventQuerySet(models.QuerySet["LiveEvent"]):
    def of(self, viewer: Viewer) -> Self:
        """What this person's own pages are told."""
        return self.filter(person=viewer.pk)

    def after(self, place: int) -> Self:
        return self.filter(pk__gt=place).order_by("pk")


class LiveEvent(models.Model):
    """Something that a person's open pages are told, written in the transaction that made it true.

    Ids are places in everybody's stream: `Last-Event-ID` is one. They are handed out before the commit, so a higher one
    may be seen first; `selectors.stream.look` never passes one that is still to come. Kept for two days.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="live_events")
    kind = models.CharField(_("kind"), max_length=20, choices=EventKind)
    data = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    created_at = models.DateTimeField(_("when"))
    objects = LiveEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("live event")
        verbose_name_plural = _("live events")
        constraints = [models.CheckConstraint(condition=Q(kind__in=EventKind.values), name="live_event_kind_is_known")]
        indexes = [models.Index(fields=["person", "id"], name="live_event_of_person")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk} for {self.person_id}"
