"""`/api/chat/sessions/`: the caller's own conversations."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, generics, status
from rest_framework.request import Request
from rest_framework.response import Response

from chat.api.answering import StreamsAnswers, answer_in_events, answer_whole, wants_events
from chat.api.serializers import (
    BeginSerializer,
    BegunSerializer,
    ChangeSerializer,
    OneSessionSerializer,
    SessionSerializer,
    either,
)
from chat.models import Conversation
from chat.selectors.conversations import course_of, lesson_of
from chat.selectors.search import holding_words
from chat.services import conversations, sharing
from learning.api.base import ApiView, NewestFirst, caller
from learning.exceptions import Unknown
from learning.models import Course


class NewestTalk(NewestFirst):
    ordering = ("-last_message_at", "-id")


def own(request: Request, pk: str) -> Conversation:
    """The caller's own conversation; anybody else's does not exist."""
    mine = Conversation.objects.of(caller(request)).with_news()
    found = mine.select_related("course", "asker").filter(pk=pk).first()
    if found is None:
        raise Unknown
    return found


def lesson_read(request: Request, course: Course, words: dict[str, Any]) -> dict[str, Any]:
    """The words of a question with its lesson in place of the id; a lesson of another course does not exist."""
    if "lesson" not in words:
        return words
    lesson = lesson_of(caller(request), course, words["lesson"])
    if lesson is None:
        raise Unknown
    return {**words, "lesson": lesson}


def course_asked_for(request: Request) -> int | None:
    """The course that `?course=` names."""
    asked = request.query_params.get("course", "")
    if not asked:
        return None
    if not (asked.isascii() and asked.isdecimal() and len(asked) < 19):
        raise exceptions.ValidationError({"course": "Must be a course's id."})
    return int(asked)


class SessionsView(StreamsAnswers, ApiView, generics.ListAPIView):
    """The caller's conversations, the last one first; and a new one, stored with its first question."""

    policies = {"get": "chat.read", "post": "chat.ask"}
    serializer_class = SessionSerializer
    pagination_class = NewestTalk
    queryset = Conversation.objects.none()

    def get_queryset(self) -> QuerySet[Conversation]:
        rows = Conversation.objects.of(caller(self.request)).with_news()
        course, query = course_asked_for(self.request), self.request.query_params.get("search", "")
        rows = rows.filter(course=course) if course else rows
        return holding_words(rows, asker=caller(self.request), query=query, course=course) if query else rows

    @extend_schema(
        operation_id="chat_sessions",
        responses={(200, "application/json"): SessionSerializer(many=True)},
        parameters=[
            OpenApiParameter("course", int, description="Of this course only."),
            OpenApiParameter("search", str, description="Whose title or messages hold these words."),
        ],
    )
    def get(self, request: Request) -> Response:
        return self.list(request)

    @extend_schema(operation_id="chat_begin", request=BeginSerializer, responses=either(BegunSerializer))
    def post(self, request: Request) -> Response | StreamingHttpResponse:
        body = BeginSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        words = dict(body.validated_data)
        course = course_of(caller(request), words.pop("course"))
        if course is None:
            raise Unknown
        words = lesson_read(request, course, words)
        asked = conversations.ask(asker=caller(request), course=course, at=timezone.now(), **words)
        code = status.HTTP_201_CREATED if asked.is_new else status.HTTP_200_OK
        if wants_events(request):
            return answer_in_events(request, asked, status=code)
        answer = answer_whole(request, asked)
        asked.conversation.messages_now = [asked.question, answer]  # type: ignore[attr-defined]
        return Response(BegunSerializer(asked.conversation, context={"request": request}).data, status=code)


class SessionView(ApiView):
    """One conversation."""

    policies = {"get": "chat.read", "patch": "chat.write", "delete": "chat.write"}

    @extend_schema(operation_id="chat_session", responses=OneSessionSerializer)
    def get(self, request: Request, pk: str) -> Response:
        return self._answer(request, own(request, pk))

    @extend_schema(operation_id="chat_change", request=ChangeSerializer, responses=OneSessionSerializer)
    def patch(self, request: Request, pk: str) -> Response:
        conversation = own(request, pk)
        body = ChangeSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        self._change(conversation, body.validated_data)
        return self._answer(request, own(request, pk))

    @transaction.atomic
    def _change(self, conversation: Conversation, words: dict[str, Any]) -> None:
        if "title" in words:
            conversations.rename(conversation, words["title"])
        if "is_shared" in words:
            sharing.share(conversation, with_instructors=words["is_shared"])
        if "has_news" in words:
            sharing.see_news(conversation, at=timezone.now())

    @extend_schema(operation_id="chat_delete", responses={204: None})
    def delete(self, request: Request, pk: str) -> Response:
        conversations.delete(own(request, pk), at=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _answer(self, request: Request, conversation: Conversation) -> Response:
        return Response(OneSessionSerializer(conversation, context={"request": request}).data)
