"""A conversation and its messages, as the API says them."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from chat.kinds import AnswerStatus, MessageStatus
from chat.models import Conversation, Message
from chat.models.conversations import TITLE
from chat.rendering import render
from chat.selectors.conversations import Group, group_of
from learning.api.base import StrictCharField, StrictSerializer, WholeNumberField

LONGEST = 4000


class SessionSerializer(serializers.ModelSerializer):
    """A conversation. `group` is by the caller's own days."""

    group = serializers.SerializerMethodField()

    class Meta:
        model = Conversation
        fields = ("id", "course", "title", "message_count", "last_message_at", "created_at", "group")
        read_only_fields = fields

    def get_group(self, row: Conversation) -> Group:
        return group_of(row, self.context["request"].user, at=timezone.now())


class CitationSerializer(serializers.Serializer):
    lesson = serializers.IntegerField(allow_null=True)
    title = serializers.CharField()
    url = serializers.CharField(help_text="A path of this site, to the section or the second")
    heading = serializers.CharField()
    second = serializers.IntegerField(allow_null=True)


class MessageSerializer(serializers.ModelSerializer):
    """A question or an answer. `html` is what `content`, in Markdown, may show; `note` says what was different."""

    html = serializers.SerializerMethodField()
    citations = CitationSerializer(many=True)
    status = serializers.SerializerMethodField()
    answer_status = serializers.SerializerMethodField()
    feedback = serializers.SerializerMethodField()

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


class AskSerializer(StrictSerializer):
    content = StrictCharField(max_length=LONGEST)
    client_message_id = serializers.UUIDField(help_text="Made by who asks; sent again, nothing is asked twice")


class BeginSerializer(AskSerializer):
    course = WholeNumberField(min_value=1, max_value=2**63 - 1)


class TitleSerializer(StrictSerializer):
    title = StrictCharField(max_length=TITLE)


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
