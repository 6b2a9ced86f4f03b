"""Phone numbers that text messages may be sent to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from typing import Self

    from learning.models.courses import Viewer


class PhoneQuerySet(models.QuerySet["Phone"]):
    def of(self, viewer: Viewer) -> Self:
        """This person's own."""
        return self.filter(person=viewer.pk)

    def standing(self) -> Self:
        """Not withdrawn: verified, or waiting for its code."""
        return self.filter(withdrawn_at=None)

    def in_use(self) -> Self:
        """Verified, with consent that stands: what may be written to."""
        return self.standing().filter(verified_at__isnull=False)


class Phone(models.Model):
    """A number that a person gave and agreed to be written to. What they agreed to, and when, stays when they withdraw.

    The code that proves it is theirs is made from `code_nonce` and the site's secret, so no table holds it.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="phones")
    number = models.CharField(_("number"), max_length=16, help_text=_("E.164: + and the country's code first."))
    consent_at = models.DateTimeField(_("agreed"))
    consent_version = models.CharField(_("to which words"), max_length=20)
    code_nonce = models.CharField(max_length=32)
    code_expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    verified_at = models.DateTimeField(_("verified"), null=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)
    objects = PhoneQuerySet.as_manager()

    class Meta:
        verbose_name = _("phone number")
        verbose_name_plural = _("phone numbers")
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(withdrawn_at=None), name="phone_one_a_person"),
            models.UniqueConstraint(
                fields=["number"],
                condition=Q(withdrawn_at=None, verified_at__isnull=False),
                name="phone_verified_by_one_person",
            ),
            models.CheckConstraint(condition=Q(number__startswith="+"), name="phone_number_is_international"),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(withdrawn_at__gte=F("consent_at")),
                name="phone_withdrawn_after_consent",
            ),
        ]

    def __str__(self) -> str:
        return f"number {self.pk} of {self.person_id}"

    @property
    def masked(self) -> str:
        """The number as it is shown: its country and its last digits."""
        return f"{self.number[:3]} ··· {self.number[-3:]}"
