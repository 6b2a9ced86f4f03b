"""`analytics/`: the course at a glance."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.api.instructor.base import RANGE, CourseView
from analytics.metrics import BINS, STAGES
from analytics.selectors.overview import overview
from learning.api.base import PercentField


class CourseFiguresSerializer(serializers.Serializer):
    total_students = serializers.IntegerField()
    active_students = serializers.IntegerField()
    average_progress = PercentField()
    total_seconds = serializers.IntegerField()
    completion_rate = PercentField()
    average_days_to_complete = serializers.FloatField(allow_null=True)


class StageSerializer(serializers.Serializer):
    stage = serializers.ChoiceField(STAGES)
    count = serializers.IntegerField()
    percent = PercentField()


class BinSerializer(serializers.Serializer):
    bin = serializers.ChoiceField(BINS)
    count = serializers.IntegerField()


class OverviewSerializer(serializers.Serializer):
    stats = CourseFiguresSerializer()
    funnel = StageSerializer(many=True)
    distribution = BinSerializer(many=True)


class OverviewView(CourseView):
    """How the course is doing: its figures now, and what happened in the range."""

    @extend_schema(parameters=RANGE, responses=OverviewSerializer)
    def get(self, request: Request, course: int) -> Response:
        return Response(OverviewSerializer(overview(self.place(request, course))).data)
