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


class TrendSerializer(serializers.Serializer):
    value = serializers.FloatField(allow_null=True)
    previous = serializers.FloatField(allow_null=True)
    change = serializers.FloatField(allow_null=True, help_text="Nothing over all time, and of fewer than 5 people.")
    unit = serializers.ChoiceField(["percent", "points"], help_text="Of `change`: percent, or percentage points.")


class TrendsSerializer(serializers.Serializer):
    total_students = TrendSerializer()
    active_students = TrendSerializer()
    average_progress = TrendSerializer()
    total_seconds = TrendSerializer()
    completion_rate = TrendSerializer()
    average_days_to_complete = TrendSerializer()


class CourseDaySerializer(serializers.Serializer):
    date = serializers.DateField()
    enrollments = serializers.IntegerField()
    total_enrollments = serializers.IntegerField()
    active = serializers.IntegerField()
    lessons_completed = serializers.IntegerField()
    course_completions = serializers.IntegerField()
    completion_rate = PercentField()
    average_progress = PercentField()
    questions = serializers.IntegerField()
    seconds = serializers.IntegerField()


class CalendarDaySerializer(serializers.Serializer):
    date = serializers.DateField()
    seconds = serializers.IntegerField()
    lessons = serializers.IntegerField()


class StudyHourSerializer(serializers.Serializer):
    weekday = serializers.IntegerField(help_text="0 is Monday.")
    hour = serializers.IntegerField()
    seconds = serializers.IntegerField()


class OverviewSerializer(serializers.Serializer):
    stats = CourseFiguresSerializer()
    trends = TrendsSerializer()
    series = CourseDaySerializer(many=True)
    funnel = StageSerializer(many=True)
    heatmap = CalendarDaySerializer(many=True)
    hours = StudyHourSerializer(many=True)
    distribution = BinSerializer(many=True)


class OverviewView(CourseView):
    """How the course is doing: its figures now, and what happened in the range."""

    @extend_schema(parameters=RANGE, responses=OverviewSerializer)
    def get(self, request: Request, course: int) -> Response:
        # It is of that shape already; a year of days through a serializer costs more than all else.
        return Response(overview(self.place(request, course)))
