"""`/api/gamification/leaderboard/`."""

from __future__ import annotations

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from gamification.selectors.boards import board, course_with_board
from learning.api.base import ApiView, caller
from learning.exceptions import Unknown

SCOPES = ("site", "course")


class PlaceSerializer(serializers.Serializer):
    rank = serializers.IntegerField(help_text="shared by equals")
    alias = serializers.CharField()
    xp = serializers.IntegerField(help_text="this ISO week's")
    is_me = serializers.BooleanField()


class BoardSerializer(serializers.Serializer):
    entries = PlaceSerializer(many=True)


class BoardView(ApiView):
    """This week's XP of those who chose an alias: the caller and three on either side, or the top."""

    policies = "board.read"

    @extend_schema(
        operation_id="leaderboard",
        parameters=[
            OpenApiParameter("scope", str, enum=SCOPES, description="`site` unless said otherwise."),
            OpenApiParameter("course", int, description="With `scope=course`: its id."),
        ],
        responses=BoardSerializer,
    )
    def get(self, request: Request) -> Response:
        scope = request.query_params.get("scope", "site")
        if scope not in SCOPES:
            raise exceptions.ValidationError({"scope": "Must be site or course."})
        asked = _id(request) if scope == "course" or "course" in request.query_params else 0
        course = course_with_board(caller(request), pk=asked) if scope == "course" else None
        return Response(BoardSerializer(board(caller(request), course=course, at=timezone.now())).data)


def _id(request: Request) -> int:
    asked = request.query_params.get("course", "")
    if not (asked.isascii() and asked.isdecimal()):
        raise exceptions.ValidationError({"course": "Must be a course's id."})
    if len(asked) > 18:
        raise Unknown
    return int(asked)
