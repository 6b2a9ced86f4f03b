"""`/api/chat/sessions/{id}/messages/` and `/api/chat/messages/{id}/`: what was asked and answered."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.request import Request
from rest_framework.response import Response

from chat.api.answering import StreamsAnswers, answer_in_events, answer_whole, wants_events
from chat.api.conversations import lesson_read, own
from chat.api.serializers import AskSerializer, ExchangeSerializer, FeedbackSerializer, MessageSerializer, either
from chat.models import Message
from chat.services import conversations, sharing
from learning.api.base import ApiView, NewestFirst, NothingSerializer, caller
from learning.exceptions import Unknown


def own_message(request: Request, pk: str) -> Message:
    """A message of one of the caller's own conversations; anybody else's does not exist."""
    rows = Message.objects.of(caller(request)).select_related(
        "answers", "author", "conversation__course", "conversation__asker"
    )
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Unknown
    return found


class MessagesView(StreamsAnswers, ApiView, generics.ListAPIView):
    """Messages of one conversation, newest first; and a further question."""

    policies = {"get": "chat.read", "post": "chat.write"}
    serializer_class = MessageSerializer
    pagination_class = NewestFirst
    queryset = Message.objects.none()

    def get_queryset(self) -> QuerySet[Message]:
        return own(self.request, self.kwargs["pk"]).messages.select_related("answers", "author")

    @extend_schema(operation_id="chat_messages", responses={(200, "application/json"): MessageSerializer(many=True)})
    def get(self, request: Request, pk: str) -> Response:
        return self.list(request)

    @extend_schema(operation_id="chat_ask", request=AskSerializer, responses=either(ExchangeSerializer))
    def post(self, request: Request, pk: str) -> Response | StreamingHttpResponse:
        conversation = own(request, pk)
        body = AskSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        asked = conversations.ask(
            asker=caller(request),
            conversation=conversation,
            at=timezone.now(),
            **lesson_read(request, conversation.course, dict(body.validated_data)),
        )
        code = status.HTTP_201_CREATED if asked.is_new else status.HTTP_200_OK
        if wants_events(request):
            return answer_in_events(request, asked, status=code)
        both = {"user_message": asked.question, "message": answer_whole(request, asked)}
        return Response(ExchangeSerializer(both).data, status=code)


class FeedbackView(ApiView):
    """Say of an answer whether it helped; null takes it back."""

    policies = "chat.write"

    @extend_schema(operation_id="chat_feedback", request=FeedbackSerializer, responses=MessageSerializer)
    def post(self, request: Request, pk: str) -> Response:
        message = own_message(request, pk)
        body = FeedbackSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        conversations.give_feedback(message, body.validated_data["value"] or "")
        return Response(MessageSerializer(message).data)


class AskInstructorView(ApiView):
    """Send a question to the instructors, who may read it and its answer; `id` is either's. Again: nothing changes."""

    policies = "chat.write"

    @extend_schema(operation_id="chat_ask_instructor", request=NothingSerializer, responses=MessageSerializer)
    def post(self, request: Request, pk: str) -> Response:
        message = own_message(request, pk)
        NothingSerializer(data=request.data).is_valid(raise_exception=True)
        sharing.send_to_instructors(message, at=timezone.now())
        return Response(MessageSerializer(message).data)
