"""`lessons/analytics/`: how each lesson is doing."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.api.instructor.base import RANGE, CourseView
from analytics.selectors.lessons import FLAGS, lesson_figures
from learning.api.base import PercentField
from learning.kinds import LessonKind


class LessonFiguresSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    title = serializers.CharField()
    module = serializers.CharField()
    kind = serializers.ChoiceField(LessonKind.choices)
    views = serializers.IntegerField()
    viewers = serializers.IntegerField()
    completions = serializers.IntegerField()
    completion_rate = PercentField(help_text="Of now: of those who ever opened it.")
    average_seconds = serializers.IntegerField()
    drop_off_rate = PercentField(help_text="Of now.")
    flags = serializers.ListField(child=serializers.ChoiceField(list(FLAGS)))


class LessonsSerializer(serializers.Serializer):
    lessons = LessonFiguresSerializer(many=True)


class LessonsView(CourseView):
    """The course's lessons in order, with what happened in the range."""

    @extend_schema(parameters=RANGE, responses=LessonsSerializer)
    def get(self, request: Request, course: int) -> Response:
        place = self.place(request, course)
        found = lesson_figures(place)
        return Response(LessonsSerializer({"lessons": found}).data)
