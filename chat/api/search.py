"""`/api/chat/search/`: the caller's own titles and messages."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from chat.api.conversations import course_asked_for
from chat.api.serializers import MessageSerializer, SessionSerializer
from chat.selectors.search import Hit, Hits, search
from learning.api.base import ApiView, caller

LONGEST_QUERY = 200


class SnippetField(serializers.CharField):
    """Safe HTML: text, and the found words in `<mark>`."""


class FoundSessionSerializer(SessionSerializer):
    """A conversation whose title holds the words."""

    snippet = SnippetField(read_only=True, help_text="Safe HTML with the found words in <mark>")

    class Meta(SessionSerializer.Meta):
        fields = (*SessionSerializer.Meta.fields, "snippet")  # type: ignore[assignment]
        read_only_fields = fields  # type: ignore[assignment]


class FoundMessageSerializer(MessageSerializer):
    """A message that holds the words, and the conversation that it stands in."""

    session = serializers.UUIDField(source="conversation_id")
    session_title = serializers.CharField(source="conversation.title")
    snippet = SnippetField(read_only=True, help_text="Safe HTML with the found words in <mark>")

    class Meta(MessageSerializer.Meta):
        fields = (*MessageSerializer.Meta.fields, "session", "session_title", "snippet")  # type: ignore[assignment]
        read_only_fields = fields  # type: ignore[assignment]


class HitsSerializer(serializers.Serializer):
    """At most 20 of each, the newest first."""

    sessions = FoundSessionSerializer(many=True)
    messages = FoundMessageSerializer(many=True)


class SearchView(ApiView):
    """Titles and messages of the caller's own conversations that hold every word; the last may be a beginning."""

    policies = {"get": "chat.read"}

    @extend_schema(
        operation_id="chat_search",
        responses=HitsSerializer,
        parameters=[
            OpenApiParameter("query", {"type": "string", "minLength": 1, "maxLength": LONGEST_QUERY}, required=True),
            OpenApiParameter("course", int, description="In this course only."),
        ],
    )
    def get(self, request: Request) -> Response:
        query = request.query_params.get("query", "").strip()
        if not query or len(query) > LONGEST_QUERY or "\x00" in query:
            raise exceptions.ValidationError({"query": f"Must be 1 to {LONGEST_QUERY} characters."})
        hits = search(asker=caller(request), query=query, course=course_asked_for(request))
        return Response(HitsSerializer(_rows(hits), context={"request": request}).data)


def _rows(hits: Hits) -> dict[str, list[object]]:
    return {"sessions": [_row(hit) for hit in hits.sessions], "messages": [_row(hit) for hit in hits.messages]}


def _row(hit: Hit) -> object:
    hit.row.snippet = str(hit.snippet)  # type: ignore[union-attr]
    return hit.row
