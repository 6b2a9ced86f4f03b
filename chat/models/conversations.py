"""What was asked and answered: conversations of one learner about one course, and their messages."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat.kinds import AnswerStatus, MessageStatus, Role
from learning.models import Course, Lesson

if TYPE_CHECKING:
    from learning.models.courses import Viewer

TITLE = 80
# An answer that has not come to its end by now never will: its process is gone.
LOST_AFTER = dt.timedelta(minutes=5)


class ConversationQuerySet(models.QuerySet["Conversation"]):
    def of(self, viewer: Viewer) -> Self:
        """This person's own. Nobody else's, whoever they are: conversations are private."""
        return self.filter(asker=viewer.pk) if viewer.is_authenticated else self.none()

    def shared(self) -> Self:
        """Those that their learners opened to the instructors of the course."""
        return self.filter(is_shared=True)

    def shared_with(self, viewer: Viewer) -> Self:
        """Those of the courses that this person teaches. Staff do not look in."""
        return self.shared().filter(course__in=Course.objects.taught_by(viewer).order_by())

    def with_news(self) -> Self:
        """Says of each as `has_news` whether an instructor wrote something that its learner has not seen."""
        return self.annotate(has_news=Exists(Message.objects.unseen().filter(conversation=OuterRef("pk"))))


class Conversation(models.Model):
    """One learner's questions about one course. It is stored with its first message.

    `last_message_at` never moves backwards. A title that the learner typed is never replaced. Private unless
    `is_shared`: then the instructors of the course may read it, and each reading is written down.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    course = models.ForeignKey(Course, models.CASCADE, related_name="conversations")
    asker = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="conversations")
    title = models.CharField(max_length=TITLE)
    title_is_typed = models.BooleanField(default=False)
    is_shared = models.BooleanField(_("shared with the instructors"), default=False)
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
            models.Index(
                fields=["course", "-last_message_at", "-id"],
                name="conversation_shared_newest",
                condition=Q(is_shared=True),
            ),
        ]

    def __str__(self) -> str:
        return self.title


# An answer that did not help, whoever says so: the assistant itself, the learner, or its failure.
UNHELPFUL = Q(role="assistant") & (Q(answer_status="unanswered") | Q(feedback="down") | Q(status="failed"))


class MessageQuerySet(models.QuerySet["Message"]):
    def of(self, viewer: Viewer) -> Self:
        """Messages of this person's own conversations."""
        return self.filter(asker=viewer.pk) if viewer.is_authenticated else self.none()

    def unseen(self) -> Self:
        """What instructors wrote and the learner has not yet looked at."""
        return self.filter(role=Role.INSTRUCTOR, seen_at=None)

    def sent_to_instructors(self) -> Self:
        """Questions that their learners sent to the instructors of the course."""
        return self.filter(sent_to_instructor_at__isnull=False)

    def told_to(self, viewer: Viewer) -> Self:
        """Questions whose words this person may read because they teach the course: sent to them, or of a conversation
        that is shared. Staff do not look in."""
        told = Q(conversation__is_shared=True) | Q(sent_to_instructor_at__isnull=False)
        taught = Course.objects.taught_by(viewer).order_by()
        return self.filter(told, role=Role.USER, course__in=taught)


class Message(models.Model):
    """A question, or what was answered to it. `asker` is the conversation's: whose words these are to keep.

    `course` is the conversation's too: what a course's people ask is counted without looking at anybody else's.
    A question carries the id that the learner's page gave it, so sending it again stores nothing. An answer is there
    from the moment of its question, `streaming` until its end is known; `cost` is in micro-units of the currency.

    A question may say in which `lesson` it was asked, and that it was sent to the instructors. What an instructor
    writes has an `author`, says which question it `replies_to`, and is new until the learner has `seen_at`.
    """

    class Feedback(models.TextChoices):
        UP = "up", _("Helpful")
        DOWN = "down", _("Not helpful")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="messages")
    course = models.ForeignKey(Course, models.CASCADE, related_name="+", db_index=False)
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
    lesson = models.ForeignKey(Lesson, models.SET_NULL, null=True, related_name="+")
    sent_to_instructor_at = models.DateTimeField(null=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    replies_to = models.ForeignKey("self", models.CASCADE, null=True, related_name="replies")
    seen_at = models.DateTimeField(null=True)

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
            models.CheckConstraint(
                condition=~Q(role="instructor")
                | (Q(status="complete", answer_status="", answers=None, replies_to__isnull=False) & ~Q(content="")),
                name="message_instructor_says_it_whole",
            ),
            models.UniqueConstraint(fields=["replies_to"], name="message_one_instructor_answers"),
            models.CheckConstraint(
                condition=Q(role="user") | Q(lesson=None, sent_to_instructor_at=None),
                name="message_only_questions_are_sent",
            ),
            models.CheckConstraint(
                condition=Q(role="instructor") | Q(author=None, replies_to=None, seen_at=None),
                name="message_only_instructors_reply",
            ),
        ]
        indexes = [
            models.Index(fields=["conversation", "-created_at", "-id"], name="message_newest"),
            models.Index(fields=["course", "created_at", "asker"], condition=Q(role="user"), name="message_questions"),
            models.Index(fields=["course", "created_at", "asker"], condition=UNHELPFUL, name="message_unhelpful"),
            models.Index(
                fields=["conversation"], name="message_unseen", condition=Q(role="instructor", seen_at__isnull=True)
            ),
            models.Index(
                fields=["-sent_to_instructor_at"],
                name="message_sent_newest",
                condition=Q(sent_to_instructor_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role}: {self.content[:60]}"

    def status_at(self, instant: dt.datetime) -> str:
        """Its status; an answer whose process has gone is interrupted, whatever the row says."""
        is_lost = self.status == MessageStatus.STREAMING and (self.started_at or self.created_at) < instant - LOST_AFTER
        return MessageStatus.INTERRUPTED if is_lost else self.status


class ConversationReadQuerySet(models.QuerySet["ConversationRead"]):
    def of(self, viewer: Viewer) -> Self:
        """Readings of this person's own conversations."""
        return self.filter(conversation__asker=viewer.pk) if viewer.is_authenticated else self.none()


class ConversationRead(models.Model):
    """Somebody else opened a learner's conversation. Written before they see a word of it; shown to the learner."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="readings")
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = ConversationReadQuerySet.as_manager()

    class Meta:
        verbose_name = _("reading of a conversation")
        verbose_name_plural = _("readings of conversations")
        indexes = [models.Index(fields=["conversation", "-at", "-id"], name="conversation_read_newest")]

    def __str__(self) -> str:
        return f"{self.conversation_id}, {self.at:%Y-%m-%d %H:%M}"
