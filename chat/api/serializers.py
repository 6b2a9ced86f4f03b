"""A conversation and its messages, as the API says them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from chat.kinds import AnswerStatus, MessageStatus, Role
from chat.models import Conversation, ConversationRead, Message
from chat.models.conversations import TITLE
from chat.rendering import render
from chat.selectors.conversations import Group, group_of, name_of, readings_of
from learning.api.base import StrictBooleanField, StrictCharField, StrictSerializer, WholeNumberField

LONGEST = 4000


class SessionSerializer(serializers.ModelSerializer):
    """A conversation. `group` is by the caller's own days; `has_news`: an instructor wrote what was not yet seen.

    `is_shared`: the instructors of the course may read it too, and each reading is in `readings` of the one
    conversation.
    """

    group = serializers.SerializerMethodField()
    has_news = serializers.SerializerMethodField()

    class Meta:
        model = Conversation
        fields = (
            "id",
            "course",
            "title",
            "message_count",
            "last_message_at",
            "created_at",
            "group",
            "is_shared",
            "has_news",
        )
        read_only_fields = fields

    def get_group(self, row: Conversation) -> Group:
        return group_of(row, self.context["request"].user, at=timezone.now())

    def get_has_news(self, row: Conversation) -> bool:
        return getattr(row, "has_news", False)  # a conversation that was just begun has none


class ReadingSerializer(serializers.ModelSerializer):
    """Somebody else opened the conversation."""

    reader = serializers.SerializerMethodField()

    class Meta:
        model = ConversationRead
        fields = ("reader", "at")
        read_only_fields = fields

    def get_reader(self, row: ConversationRead) -> str:
        return name_of(row.reader)


class OneSessionSerializer(SessionSerializer):
    """One conversation, and who else opened it last."""

    readings = serializers.SerializerMethodField()

    class Meta(SessionSerializer.Meta):
        fields = (*SessionSerializer.Meta.fields, "readings")  # type: ignore[assignment]
        read_only_fields = fields  # type: ignore[assignment]

    @extend_schema_field(ReadingSerializer(many=True))
    def get_readings(self, row: Conversation) -> list[dict[str, Any]]:
        return ReadingSerializer(readings_of(row), many=True).data  # type: ignore[return-value]


class CitationSerializer(serializers.Serializer):
    lesson = serializers.IntegerField(allow_null=True)
    title = serializers.CharField()
    url = serializers.CharField(help_text="A path of this site, to the section or the second")
    heading = serializers.CharField()
    second = serializers.IntegerField(allow_null=True)


class MessageSerializer(serializers.ModelSerializer):
    """A question or an answer. `html` is what `content`, in Markdown, may show; `note` says what was different.

    `sent_to_instructor_at` stands at a question and at its answer. What an instructor wrote has an `author`, the
    question that it `replies_to`, and is `new` until it was seen.
    """

    html = serializers.SerializerMethodField()
    citations = CitationSerializer(many=True)
    status = serializers.SerializerMethodField()
    answer_status = serializers.SerializerMethodField()
    feedback = serializers.SerializerMethodField()
    sent_to_instructor_at = serializers.SerializerMethodField()
    author = serializers.SerializerMethodField()
    is_new = serializers.SerializerMethodField()

    class Meta:
        model = Message
        fields = (
            "id",
            "role",
            "content",
            "html",
            "citations",
            "status",
            "answer_status",
            "feedback",
            "note",
            "client_message_id",
            "sent_to_instructor_at",
            "author",
            "replies_to",
            "is_new",
            "created_at",
        )
        read_only_fields = fields

    def get_html(self, row: Message) -> str:
        return render(row.content)

    @extend_schema_field(serializers.ChoiceField(MessageStatus.choices))
    def get_status(self, row: Message) -> MessageStatus:
        return MessageStatus(row.status_at(timezone.now()))

    @extend_schema_field({"type": ["string", "null"], "enum": [*AnswerStatus.values, None]})
    def get_answer_status(self, row: Message) -> AnswerStatus | None:
        return AnswerStatus(row.answer_status) if row.answer_status else None

    @extend_schema_field({"type": ["string", "null"], "enum": [*Message.Feedback.values, None]})
    def get_feedback(self, row: Message) -> Message.Feedback | None:
        return Message.Feedback(row.feedback) if row.feedback else None

    def get_sent_to_instructor_at(self, row: Message) -> dt.datetime | None:
        return (row.answers or row).sent_to_instructor_at

    def get_author(self, row: Message) -> str | None:
        return name_of(row.author) if row.role == Role.INSTRUCTOR else None

    def get_is_new(self, row: Message) -> bool:
        return row.role == Role.INSTRUCTOR and row.seen_at is None


class AskSerializer(StrictSerializer):
    content = StrictCharField(max_length=LONGEST)
    client_message_id = serializers.UUIDField(help_text="Made by who asks; sent again, nothing is asked twice")

    lesson = WholeNumberField(
        min_value=1, max_value=2**63 - 1, required=False, help_text="The lesson of the course that is being read"
    )


class BeginSerializer(AskSerializer):
    course = WholeNumberField(min_value=1, max_value=2**63 - 1)


class ChangeSerializer(StrictSerializer):
    """What its learner may change of a conversation: any of these."""

    title = StrictCharField(max_length=TITLE, required=False)
    is_shared = StrictBooleanField(required=False, help_text="Whether the instructors of the course may read it")
    has_news = StrictBooleanField(required=False, help_text="false: what instructors wrote was seen")

    def validate_has_news(self, value: bool) -> bool:
        if value:
            raise serializers.ValidationError("Can only become false.")
        return value


class FeedbackSerializer(StrictSerializer):
    value = serializers.ChoiceField(Message.Feedback.choices, allow_null=True)


class ExchangeSerializer(serializers.Serializer):
    """A question that was stored, and its answer."""

    user_message = MessageSerializer()
    message = MessageSerializer()


class BegunSerializer(SessionSerializer):
    """The conversation with its first two messages."""

    messages = MessageSerializer(many=True, source="messages_now")

    class Meta(SessionSerializer.Meta):
        fields = (*SessionSerializer.Meta.fields, "messages")  # type: ignore[assignment]
        read_only_fields = fields  # type: ignore[assignment]


class EventSerializer(serializers.Serializer):
    """One event of a stream; `data` is JSON."""

    event = serializers.ChoiceField(["start", "delta", "done"])
    data = serializers.CharField()  # type: ignore[assignment]  # the event's member, not the serializer's


def either(whole: type[serializers.Serializer]) -> dict[tuple[int, str], type[serializers.Serializer]]:
    """What an answer looks like whole and as events, new or known."""
    return {
        (status, media): shape
        for status in (201, 200)
        for media, shape in (("application/json", whole), ("text/event-stream", EventSerializer))
    }


def as_json(message: Message) -> dict[str, Any]:
    return dict(MessageSerializer(message).data)
