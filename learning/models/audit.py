"""Who changed what others may do, or what they have: written once, beside the change, in its transaction."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from learning.models.courses import Course


class AuditEntry(models.Model):
    """One privileged change. Never changed and never deleted: the database refuses both.

    `thing` names a row as `app.model:id`. `before` and `after` hold only what decides about rights and amounts: no
    texts of people, no addresses. Without an actor it was the command line.
    """

    at = models.DateTimeField(_("when"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("who")
    )
    action = models.CharField(_("what"), max_length=60)
    thing = models.CharField(_("of what"), max_length=120)
    # The course may go; the entry stays as it is. So the database must not hold one to the other.
    course = models.ForeignKey(Course, models.DO_NOTHING, null=True, db_constraint=False, related_name="+")
    before = models.JSONField(_("before"), default=dict)
    after = models.JSONField(_("after"), default=dict)
    request_id = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit log")
        indexes = [
            models.Index(fields=["-at", "-id"], name="audit_newest"),
            models.Index(fields=["thing", "-id"], name="audit_of_a_thing"),
            models.Index(fields=["course", "-at"], name="audit_of_a_course"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.thing}"
