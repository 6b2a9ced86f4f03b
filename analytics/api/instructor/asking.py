"""`risk/`: from when on a course asks about somebody, whether it shows names, and what came of what was done."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.api.instructor.base import CourseView
from analytics.kinds.risk import Act
from analytics.selectors.outcomes import sums
from analytics.services.asking import NAMES, change
from analytics.services.risk import thresholds_of
from learning.api.base import StrictBooleanField, StrictSerializer, WholeNumberField
from learning.models import Course


class SumSerializer(serializers.Serializer):
    """Acts of one kind in the last year. Of those whose 14 days are `over`: who studied again, who went on."""

    kind = serializers.ChoiceField([(kind.value, kind.label) for kind in Act if kind is not Act.ANSWER])
    count = serializers.IntegerField()
    over = serializers.IntegerField()
    came_back = serializers.IntegerField()
    went_on = serializers.IntegerField()


class AskingSerializer(StrictSerializer):
    """Thresholds in days, attempts, questions and percent. `head_start`: nights by which the learner sees it first."""

    inactive_days = WholeNumberField(min_value=1, max_value=365, required=False)
    stuck_days = WholeNumberField(min_value=1, max_value=365, required=False)
    failed_attempts = WholeNumberField(min_value=1, max_value=100, required=False)
    topic_questions = WholeNumberField(min_value=1, max_value=100, required=False)
    rushing_percent = WholeNumberField(min_value=1, max_value=100, required=False)
    grace_days = WholeNumberField(min_value=0, max_value=90, required=False)
    head_start = WholeNumberField(min_value=0, max_value=7, required=False)
    learners_by_alias = StrictBooleanField(required=False)


class AskedSerializer(serializers.Serializer):
    """The same, and what came of acting on it."""

    def get_fields(self) -> dict[str, Any]:
        return {**AskingSerializer().get_fields(), "acts": SumSerializer(many=True)}


class AskingView(CourseView):
    """How the course asks. Thresholds count from the next night on."""

    policies: Any = {"get": "instructor.read", "patch": "instructor.act"}

    @extend_schema(operation_id="instructor_risk", responses=AskedSerializer)
    def get(self, request: Request, course: int) -> Response:
        place = self.place(request, course)
        return Response(AskedSerializer({**_said(place.course), "acts": sums(place)}).data)

    @extend_schema(operation_id="instructor_risk_update", request=AskingSerializer, responses=AskedSerializer)
    def patch(self, request: Request, course: int) -> Response:
        place = self.place(request, course)
        body = AskingSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        change(place.course, dict(body.validated_data), by=place.viewer, at=place.at)
        return Response(AskedSerializer({**_said(place.course), "acts": sums(place)}).data)


def _said(course: Course) -> dict[str, Any]:
    thresholds = thresholds_of(course)
    return {name: getattr(thresholds, name) for name in NAMES} | {"learners_by_alias": course.learners_by_alias}
