"""`/api/learner/…` reads: dashboard, course progress, achievements."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.selectors.dashboard import dashboard
from analytics.selectors.progress import course_progress
from gamification.api.challenges import ChallengeSerializer
from gamification.selectors.achievements import available_badges, earned_badges, rare_badges
from gamification.selectors.today import shown_to
from learning.api.base import ApiView, caller
from learning.api.effects import AchievementSerializer
from learning.api.practice import GoalsSerializer, SessionStatsSerializer
from learning.api.tracking import EnrollmentStateSerializer
from learning.exceptions import NotEnrolled, Unknown
from learning.models import Course, Enrollment
from notifications.selectors.stream import numbers

RANGES = (30, 90)


class DashboardStatsSerializer(serializers.Serializer):
    total_courses = serializers.IntegerField()
    total_seconds = serializers.IntegerField()
    achievements_count = serializers.IntegerField()
    current_streak = serializers.IntegerField()
    longest_streak = serializers.IntegerField()
    average_completion = serializers.FloatField()
    completed_courses = serializers.IntegerField()


class ResumeSerializer(serializers.Serializer):
    lesson = serializers.IntegerField()
    title = serializers.CharField()
    slug = serializers.CharField()
    position = serializers.FloatField()


class CourseInProgressSerializer(serializers.Serializer):
    course = serializers.IntegerField()
    title = serializers.CharField()
    slug = serializers.CharField()
    percent = serializers.FloatField()
    last_accessed_at = serializers.DateTimeField(allow_null=True)
    resume = ResumeSerializer(allow_null=True)
    next_lesson = serializers.IntegerField(allow_null=True)
    next_lesson_title = serializers.CharField(allow_null=True)
    next_lesson_slug = serializers.CharField(allow_null=True)
    minutes_left = serializers.IntegerField()


class ActivityDaySerializer(serializers.Serializer):
    date = serializers.DateField()
    seconds = serializers.IntegerField()
    sessions = serializers.IntegerField()


class LevelSerializer(serializers.Serializer):
    level = serializers.IntegerField()
    xp = serializers.IntegerField()
    level_xp = serializers.IntegerField()
    next_level_xp = serializers.IntegerField()


class DashboardSerializer(serializers.Serializer):
    stats = DashboardStatsSerializer()
    sessions = SessionStatsSerializer()
    goals = GoalsSerializer()
    in_progress_courses = CourseInProgressSerializer(many=True)
    recent_achievements = AchievementSerializer(many=True)
    activity = ActivityDaySerializer(many=True)
    level = LevelSerializer()
    challenges = ChallengeSerializer(many=True)


class DashboardView(ApiView):
    """Where the caller stands, on their own today."""

    policies = "dashboard.read"

    @extend_schema(
        parameters=[OpenApiParameter("days", int, enum=RANGES, description="Length of `activity` in days.")],
        responses=DashboardSerializer,
    )
    def get(self, request: Request) -> Response:
        state = dashboard(caller(request), at=timezone.now(), days=_days(request))
        return Response(DashboardSerializer(state).data)


def _days(request: Request) -> int:
    asked = request.query_params.get("days", "30")
    if asked not in {str(r) for r in RANGES}:
        raise exceptions.ValidationError({"days": "Must be 30 or 90."})
    return int(asked)


class ShownSerializer(serializers.Serializer):
    streaks = serializers.BooleanField()
    challenges = serializers.BooleanField()
    boards = serializers.BooleanField()
    toasts = serializers.BooleanField()
    badges = serializers.BooleanField()
    xp = serializers.BooleanField()


class CountersSerializer(serializers.Serializer):
    stats = SessionStatsSerializer()
    goals = GoalsSerializer()
    level = LevelSerializer()
    shown = ShownSerializer(help_text="The caller's switches: what is off is not to be shown.")
    celebrates = serializers.BooleanField(
        help_text="Whether acts are celebrated: as the caller wants it, and with `course` the course's instructors too."
    )
    rare_badges = serializers.ListField(child=serializers.CharField(), help_text="Keys of the caller's rare badges.")


class CountersView(ApiView):
    """The caller's numbers as the live stream tells them in `stats`, and which of their badges are rare."""

    policies = "dashboard.read"

    @extend_schema(
        parameters=[OpenApiParameter("course", int, description="The course in which acts are to be celebrated.")],
        responses=CountersSerializer,
    )
    def get(self, request: Request) -> Response:
        learner, course = caller(request), _course(request)
        state = numbers(learner, at=timezone.now())
        shown = shown_to(learner, course=course).toasts if course else state["shown"]["toasts"]
        state |= {"celebrates": shown, "rare_badges": rare_badges(learner)}
        return Response(CountersSerializer(state).data)


def _course(request: Request) -> int | None:
    """The course that was asked for, if it is one of the caller's."""
    asked = request.query_params.get("course", "")
    if not asked:
        return None
    if not (asked.isascii() and asked.isdecimal()):
        raise exceptions.ValidationError({"course": "Must be a course's id."})
    if len(asked) > 18:
        raise Unknown
    mine = Enrollment.objects.of(request.user).filter(course=int(asked)).first()
    if mine is None:
        raise NotEnrolled if Course.objects.published().filter(pk=int(asked)).exists() else Unknown
    return mine.course_id


class LessonLineSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    title = serializers.CharField()
    slug = serializers.CharField()
    kind = serializers.CharField()
    is_required = serializers.BooleanField()
    minutes = serializers.IntegerField()
    status = serializers.ChoiceField(["not_started", "in_progress", "completed"])
    seconds = serializers.IntegerField()
    completed_at = serializers.DateTimeField(allow_null=True)


class ModuleLineSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    title = serializers.CharField()
    percent = serializers.FloatField()
    lessons = LessonLineSerializer(many=True)


class FastestSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    title = serializers.CharField()
    seconds = serializers.IntegerField()


class CourseStatsSerializer(serializers.Serializer):
    seconds = serializers.IntegerField()
    completed_lessons = serializers.IntegerField()
    required_lessons = serializers.IntegerField()
    average_seconds_per_lesson = serializers.IntegerField(allow_null=True)
    fastest_lesson = FastestSerializer(allow_null=True)
    lessons_per_week = serializers.FloatField()
    seconds_left = serializers.IntegerField()
    estimated_completion_date = serializers.DateField(allow_null=True)


class CertificateLineSerializer(serializers.Serializer):
    uuid = serializers.UUIDField()
    issued_at = serializers.DateTimeField()
    valid = serializers.BooleanField()


class CourseProgressSerializer(serializers.Serializer):
    course = serializers.IntegerField()
    enrollment = EnrollmentStateSerializer()
    modules = ModuleLineSerializer(many=True)
    stats = CourseStatsSerializer()
    certificate = CertificateLineSerializer(allow_null=True)


class CourseProgressView(ApiView):
    """The caller's way through one of their courses."""

    policies = "progress.read"

    @extend_schema(responses=CourseProgressSerializer)
    def get(self, request: Request, course: int) -> Response:
        enrollment = Enrollment.objects.of(request.user).filter(course=course).first()
        if enrollment is None:
            raise NotEnrolled if Course.objects.published().filter(pk=course).exists() else Unknown
        progress = course_progress(caller(request), enrollment, at=timezone.now())
        return Response(CourseProgressSerializer(progress).data)


class AvailableSerializer(serializers.Serializer):
    key = serializers.CharField()
    title = serializers.CharField()
    description = serializers.CharField()
    icon = serializers.CharField()
    current = serializers.IntegerField()
    target = serializers.IntegerField()


class AchievementsSerializer(serializers.Serializer):
    earned = AchievementSerializer(many=True)
    available = AvailableSerializer(many=True)


class AchievementsView(ApiView):
    """The caller's badges, and those still to earn."""

    policies = "badges.read"

    @extend_schema(responses=AchievementsSerializer)
    def get(self, request: Request) -> Response:
        state: dict[str, Any] = {
            "earned": earned_badges(caller(request)),
            "available": available_badges(caller(request)),
        }
        return Response(AchievementsSerializer(state).data)
