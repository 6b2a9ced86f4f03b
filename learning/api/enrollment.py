"""Taking up a course and leaving it."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from learning.api.base import ApiView, NothingSerializer, PercentField, caller
from learning.api.effects import AchievementSerializer, moved
from learning.models import Course, Enrollment
from learning.services.enrollment import enroll, leave


class EnrollmentSerializer(serializers.ModelSerializer):
    course = serializers.IntegerField(source="course_id", read_only=True)
    percent = PercentField(read_only=True)

    class Meta:
        model = Enrollment
        fields: tuple[str, ...] = (
            "course",
            "percent",
            "completed_lessons",
            "required_lessons",
            "seconds",
            "started_at",
            "completed_at",
        )
        read_only_fields: tuple[str, ...] = fields


class NewEnrollmentSerializer(EnrollmentSerializer):
    new_achievements = AchievementSerializer(many=True, read_only=True)

    class Meta(EnrollmentSerializer.Meta):
        fields = (*EnrollmentSerializer.Meta.fields, "new_achievements")
        read_only_fields = fields


class EnrollmentView(ApiView):
    """The caller's place in a course. Both methods may be repeated."""

    policies = {"post": "course.enrol", "delete": "course.leave"}

    @extend_schema(
        operation_id="enrollment_create",
        request=NothingSerializer,
        responses={
            201: OpenApiResponse(NewEnrollmentSerializer, "Enrolled for the first time"),
            200: OpenApiResponse(NewEnrollmentSerializer, "Enrolled before: still, or again after leaving"),
        },
    )
    def post(self, request: Request, course: int) -> Response:
        NothingSerializer(data=request.data).is_valid(raise_exception=True)
        found = _published(course)
        at = timezone.now()
        enrollment, changed, effects = enroll(learner=caller(request), course=found, at=at)
        is_first = changed and enrollment.started_at == at
        answer: dict[str, Any] = {
            **EnrollmentSerializer(enrollment).data,
            "new_achievements": moved(effects)["new_achievements"],
        }
        return Response(answer, status=status.HTTP_201_CREATED if is_first else status.HTTP_200_OK)

    @extend_schema(operation_id="enrollment_destroy", responses={204: None})
    def delete(self, request: Request, course: int) -> Response:
        """Leave; nothing is lost, and coming back brings it all back."""
        found = Course.objects.filter(pk=course, enrollments__learner=caller(request)).first() or _published(course)
        leave(learner=caller(request), course=found, at=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


def _published(course: int) -> Course:
    found = Course.objects.published().filter(pk=course).first()
    if found is None:
        raise Http404
    return found
