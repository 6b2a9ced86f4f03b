"""Words that staff put in the place of ours."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from notifications.kinds import Channel, Kind


class Template(models.Model):
    """What one kind says by one channel in one language. Where there is none, it says what Cairn says."""

    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel)
    language = models.CharField(_("language"), max_length=12, choices=settings.LANGUAGES, default="en")
    title = models.CharField(
        _("title"), max_length=200, help_text=_("The subject of a mail, the first line of anything else.")
    )
    body = models.TextField(_("text"), blank=True, help_text=_("An empty line begins a new paragraph."))

    class Meta:
        verbose_name = _("message template")
        verbose_name_plural = _("message templates")
        ordering = ["kind", "channel", "language"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "channel", "language"], name="template_once_per_kind_and_way"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.get_channel_display()} · {self.language}"
