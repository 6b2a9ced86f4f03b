"""What must leave a transaction, kept until it has."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Outbox(models.Model):
    """One thing to do after commit, once. `key` makes asking twice harmless; the lease makes a crash harmless.

    `attempts` only ever grows: whoever claimed the row knows it as theirs by that number. `crashes` counts the claims
    that nobody ended: leases that ran out because a process died.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DONE = "done", _("Done")
        DEAD = "dead", _("Given up")

    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=80)
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=16, choices=State, default=State.WAITING)
    created_at = models.DateTimeField()
    run_at = models.DateTimeField()
    handed_until = models.DateTimeField(null=True, help_text=_("A queue has it; after this it is handed over again."))
    lease_until = models.DateTimeField(null=True, help_text=_("Somebody is doing it; after this it is free again."))
    give_up_at = models.DateTimeField(null=True, help_text=_("Set by the first failure."))
    attempts = models.PositiveIntegerField(default=0)
    crashes = models.PositiveIntegerField(default=0, db_default=0)
    last_error = models.TextField(blank=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("outbox row")
        verbose_name_plural = _("outbox")
        indexes = [models.Index(fields=["run_at"], condition=Q(state="waiting"), name="outbox_due")]

    def __str__(self) -> str:
        return self.key
