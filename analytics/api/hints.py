"""`/api/learner/hints/`, `/api/learner/readings/`: what a learner is told first, and who looked at their learning."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.kinds.risk import Reason
from analytics.models import RiskFlag, StudentReading
from analytics.selectors.hints import hints_of, readings_of
from analytics.services.care import answer_away
from learning.api.base import ApiView, NewestFirst, StrictSerializer, caller
from learning.exceptions import Unknown


class HintSerializer(serializers.Serializer):
    """A kind word about a course of one's own."""

    id = serializers.IntegerField(source="flag.pk")
    course = serializers.IntegerField(source="course.pk")
    reason = serializers.ChoiceField(Reason.choices, source="flag.reason")
    title = serializers.CharField()
    text = serializers.CharField()
    since = serializers.DateField(source="flag.since")


class HintsSerializer(serializers.Serializer):
    hints = HintSerializer(many=True)


class AwaySerializer(StrictSerializer):
    until = serializers.DateField(help_text="the last day of the holiday, which begins tomorrow")


class StudentReadingSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    course = serializers.IntegerField(source="course_id")
    reader = serializers.SerializerMethodField()
    at = serializers.DateTimeField()

    def get_reader(self, reading: StudentReading) -> str | None:
        return reading.reader.name if reading.reader else None


class NewestReading(NewestFirst):
    ordering = ("-at", "-id")


class HintsView(ApiView):
    """What was found out in the night about the caller, one for each course."""

    policies = "hint.read"

    @extend_schema(operation_id="learner_hints", responses=HintsSerializer)
    def get(self, request: Request) -> Response:
        return Response(HintsSerializer({"hints": hints_of(caller(request), at=timezone.now())}).data)


class AwayView(ApiView):
    """The caller is on holiday: a vacation from tomorrow on, and nobody asks about them."""

    policies = "hint.answer"

    @extend_schema(operation_id="learner_hint_away", request=AwaySerializer, responses={201: HintsSerializer})
    def post(self, request: Request, pk: int) -> Response:
        learner, now = caller(request), timezone.now()
        flag = RiskFlag.objects.of(learner).select_related("learner").filter(pk=pk).first()
        if flag is None:
            raise Unknown
        body = AwaySerializer(data=request.data)
        body.is_valid(raise_exception=True)
        answer_away(flag=flag, until=body.validated_data["until"], at=now)
        return Response(HintsSerializer({"hints": hints_of(learner, at=now)}).data, status.HTTP_201_CREATED)


class ReadingsView(ApiView, generics.ListAPIView):
    """Who opened the caller's page in a course, the newest first."""

    policies = "reading.read"
    serializer_class = StudentReadingSerializer
    pagination_class = NewestReading
    queryset = StudentReading.objects.none()

    def get_queryset(self) -> Any:
        return readings_of(caller(self.request))
