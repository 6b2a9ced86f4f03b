"""What was asked and answered: conversations of one learner about one course, and their messages."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat.kinds import AnswerStatus, MessageStatus, Role
from learning.models import Course

if TYPE_CHECKING:
    from learning.models.courses import Viewer

TITLE = 80
# An answer that has not come to its end by now never will: its process is gone.
LOST_AFTER = dt.timedelta(minutes=5)


class ConversationQuerySet(models.QuerySet["Conversation"]):
    def of(self, viewer: Viewer) -> Self:
        """This person's own. Nobody else's, whoever they are: conversations are private."""
        return self.filter(asker=viewer.pk) if viewer.is_authenticated else self.none()


class Conversation(models.Model):
    """One learner's questions about one course. It is stored with its first message.

    `last_message_at` never moves backwards. A title that the learner typed is never replaced.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    course = models.ForeignKey(Course, models.CASCADE, related_name="conversations")
    asker = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="conversations")
    title = models.CharField(max_length=TITLE)
    title_is_typed = models.BooleanField(default=False)
    message_count = models.PositiveIntegerField(default=0)
    last_message_at = models.DateTimeField()
    created_at = models.DateTimeField(default=timezone.now)

    objects = ConversationQuerySet.as_manager()

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="conversation_has_a_title"),
        ]
        indexes = [
            models.Index(fields=["asker", "-last_message_at", "-id"], name="conversation_newest"),
            models.Index(fields=["asker", "course", "-last_message_at", "-id"], name="conversation_newest_in_course"),
            models.Index(fields=["course", "-last_message_at"], name="conversation_of_course"),
        ]

    def __str__(self) -> str:
        return self.title


class MessageQuerySet(models.QuerySet["Message"]):
    def of(self, viewer: Viewer) -> Self:
        """Messages of this person's own conversations."""
        return self.filter(asker=viewer.pk) if viewer.is_authenticated else self.none()


class Message(models.Model):
    """A question, or what was answered to it. `asker` is the conversation's: whose words these are to keep.

    A question carries the id that the learner's page gave it, so sending it again stores nothing. An answer is there
    from the moment of its question, `streaming` until its end is known; `cost` is in micro-units of the currency.
    """

    class Feedback(models.TextChoices):
        UP = "up", _("Helpful")
        DOWN = "down", _("Not helpful")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="messages")
    asker = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="chat_messages")
    role = models.CharField(max_length=12, choices=Role)
    content = models.TextField(blank=True)
    citations = models.JSONField(default=list, blank=True)
    status = models.CharField(max_length=12, choices=MessageStatus, default=MessageStatus.COMPLETE)
    answer_status = models.CharField(max_length=12, choices=AnswerStatus, blank=True)
    feedback = models.CharField(max_length=4, choices=Feedback, blank=True)
    client_message_id = models.UUIDField(null=True)
    answers = models.OneToOneField("self", models.CASCADE, null=True, related_name="answer")
    note = models.CharField(max_length=300, blank=True)
    provider = models.CharField(max_length=40, blank=True)
    model = models.CharField(max_length=100, blank=True)
    input_tokens = models.PositiveIntegerField(default=0)
    output_tokens = models.PositiveIntegerField(default=0)
    cost = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, help_text=_("When its answer was last begun."))

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            models.UniqueConstraint(fields=["asker", "client_message_id"], name="message_stored_once"),
            models.CheckConstraint(
                condition=Q(role="user", client_message_id__isnull=False, answers=None)
                | Q(role="assistant", client_message_id=None, answers__isnull=False)
                | Q(role="instructor", client_message_id=None),
                name="message_asks_or_answers",
            ),
            models.CheckConstraint(
                condition=~Q(role="user") | (Q(status="complete", answer_status="") & ~Q(content="")),
                name="message_question_is_whole",
            ),
        ]
        indexes = [models.Index(fields=["conversation", "-created_at", "-id"], name="message_newest")]

    def __str__(self) -> str:
        return f"{self.role}: {self.content[:60]}"

    def status_at(self, instant: dt.datetime) -> str:
        """Its status; an answer whose process has gone is interrupted, whatever the row says."""
        is_lost = self.status == MessageStatus.STREAMING and (self.started_at or self.created_at) < instant - LOST_AFTER
        return MessageStatus.INTERRUPTED if is_lost else self.status
