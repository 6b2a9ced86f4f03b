"""What staff and instructors tell many people at once."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from learning.models import Course

if TYPE_CHECKING:
    from typing import Self

    from learning.models.courses import Viewer


class AnnouncementQuerySet(models.QuerySet["Announcement"]):
    def of(self, viewer: Viewer) -> Self:
        """Staff: all; instructors: those to their own courses and those that they wrote."""
        if viewer.is_authenticated and viewer.is_staff_member:
            return self.all()
        return self.filter(Q(course__in=Course.objects.managed_by(viewer)) | Q(sender=viewer.pk))

    def under_way(self) -> Self:
        return self.filter(state__in=[Announcement.State.SCHEDULED, Announcement.State.SENDING])


class Announcement(models.Model):
    """Words for one person, or for everybody of a segment: of a course's learners, or of all people without one.

    It is told in portions, in the order of people's ids; `reached` is the last one that was told, and moves in the
    transaction that tells them.
    """

    class Segment(models.TextChoices):
        EVERYONE = "everyone", _("Everybody")
        NOT_STARTED = "not_started", _("Have not started")
        INACTIVE = "inactive", _("Have been away")
        COMPLETED = "completed", _("Have completed it")

    class State(models.TextChoices):
        SCHEDULED = "scheduled", _("Waits for its time")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        CANCELLED = "cancelled", _("Cancelled")

    KEY = "announcement:"

    sender = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="announcements", verbose_name=_("by")
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("one person"),
        help_text=_("Instead of a course or a segment."),
    )
    course = models.ForeignKey(
        Course, models.CASCADE, null=True, blank=True, related_name="announcements", verbose_name=_("course")
    )
    segment = models.CharField(
        _("who"),
        max_length=12,
        choices=Segment,
        blank=True,
        help_text=_("Of the course, or of all people without one."),
    )
    days = models.PositiveSmallIntegerField(_("away for days"), null=True, blank=True)
    title = models.CharField(_("title"), max_length=200)
    message = models.TextField(_("message"), max_length=2000)
    send_at = models.DateTimeField(_("when"))
    created_at = models.DateTimeField(_("written"))
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.SCHEDULED)
    expected = models.PositiveIntegerField(_("people, when it was written"), default=0)
    told = models.PositiveIntegerField(_("people told"), default=0)
    reached = models.BigIntegerField(default=0)
    finished_at = models.DateTimeField(_("finished"), null=True)
    objects = AnnouncementQuerySet.as_manager()

    class Meta:
        verbose_name = _("announcement")
        verbose_name_plural = _("announcements")
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False, segment="")
                | (Q(person=None) & Q(segment__in=["everyone", "not_started", "inactive", "completed"])),
                name="announcement_to_a_person_or_a_segment",
            ),
            models.CheckConstraint(
                condition=Q(segment="inactive", days__isnull=False, days__gte=1)
                | (~Q(segment="inactive") & Q(days=None)),
                name="announcement_days_of_absence",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["sent", "cancelled"], finished_at__isnull=False)
                | Q(state__in=["scheduled", "sending"], finished_at=None),
                name="announcement_ends_once",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("notifications:announcement", args=[self.pk])

    @property
    def key(self) -> str:
        """What makes telling it twice to the same person harmless."""
        return f"{self.KEY}{self.pk}"

    @property
    def away_since(self) -> dt.datetime | None:
        """Who was not here from then on is away; counted back from when it is sent."""
        return self.send_at - dt.timedelta(days=self.days) if self.days else None
