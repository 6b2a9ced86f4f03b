"""Certificates: what was finished, by whom, when; kept as it was then."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from learning.models.enrollment import Enrollment


class Certificate(models.Model):
    """A finished course. Name and course are a snapshot: later changes of either do not touch it."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    enrollment = models.OneToOneField(Enrollment, models.CASCADE, related_name="certificate")
    learner_name = models.CharField(_("name"), max_length=254)
    course_title = models.CharField(_("course"), max_length=160)
    seconds = models.PositiveIntegerField(_("study time"), default=0)
    issued_at = models.DateTimeField(_("issued"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")

    def __str__(self) -> str:
        return f"{self.course_title}: {self.learner_name}"
