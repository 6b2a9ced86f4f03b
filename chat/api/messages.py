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
from chat.api.conversations import own
from chat.api.serializers import AskSerializer, ExchangeSerializer, FeedbackSerializer, MessageSerializer, either
from chat.models import Message
from chat.services import conversations
from learning.api.base import ApiView, NewestFirst, caller
from learning.exceptions import Unknown


class MessagesView(StreamsAnswers, ApiView, generics.ListAPIView):
    """Messages of one conversation, newest first; and a further question."""

    policies = {"get": "chat.read", "post": "chat.write"}
    serializer_class = MessageSerializer
    pagination_class = NewestFirst
    queryset = Message.objects.none()

    def get_queryset(self) -> QuerySet[Message]:
        return own(self.request, self.kwargs["pk"]).messages.all()

    @extend_schema(operation_id="chat_messages", responses={(200, "application/json"): MessageSerializer(many=True)})
    def get(self, request: Request, pk: str) -> Response:
        return self.list(request)

    @extend_schema(operation_id="chat_ask", request=AskSerializer, responses=either(ExchangeSerializer))
    def post(self, request: Request, pk: str) -> Response | StreamingHttpResponse:
        conversation = own(request, pk)
        body = AskSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        asked = conversations.ask(
            asker=caller(request), conversation=conversation, at=timezone.now(), **body.validated_data
        )
        code = status.HTTP_201_CREATED if asked.is_new else status.HTTP_200_OK
        if wants_events(request):
            return answer_in_events(request, asked, status=code)
        both = {"user_message": asked.question, "message": answer_whole(asked)}
        return Response(ExchangeSerializer(both).data, status=code)


class FeedbackView(ApiView):
    """Say of an answer whether it helped; null takes it back."""

    policies = "chat.write"

    @extend_schema(operation_id="chat_feedback", request=FeedbackSerializer, responses=MessageSerializer)
    def post(self, request: Request, pk: str) -> Response:
        message = Message.objects.of(caller(request)).filter(pk=pk).first()
        if message is None:
            raise Unknown
        body = FeedbackSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        conversations.give_feedback(message, body.validated_data["value"] or "")
        return Response(MessageSerializer(message).data)
