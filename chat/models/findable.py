"""What a conversation is found by: the words of its title and of its messages, for its learner alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chat.models.conversations import Conversation, Message

if TYPE_CHECKING:
    from learning.models.courses import Viewer


class FindableQuerySet(models.QuerySet["Findable"]):
    def of(self, viewer: Viewer) -> Self:
        """Words of this person's own conversations."""
        return self.filter(asker=viewer.pk) if viewer.is_authenticated else self.none()


class Findable(models.Model):
    """The words of one title (`message` is empty) or message.

    `terms` begins with marks of whose and of which course it is, so that the full-text index looks at nobody else's;
    the stems of the words follow. The index is kept in step by the database (migration 0006).
    """

    asker = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="findable")
    message = models.OneToOneField(Message, models.CASCADE, null=True, related_name="findable")
    terms = models.TextField()

    objects = FindableQuerySet.as_manager()

    class Meta:
        verbose_name = _("findable words")
        verbose_name_plural = _("findable words")
        constraints = [
            models.UniqueConstraint(
                fields=["conversation"], condition=Q(message=None), name="findable_title_once_per_conversation"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id}: {self.terms[:60]}"
