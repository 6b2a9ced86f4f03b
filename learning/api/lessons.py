"""One lesson, for those who may read it. Reading it here is no view: only the page and its beats are."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from learning.api.base import ApiView, PercentField
from learning.api.tracking import LessonProgressSerializer
from learning.exceptions import NotEnrolled
from learning.kinds import LessonKind
from learning.models import Lesson
from learning.selectors.lessons import OpenLesson, open_lesson


class VideoSerializer(serializers.Serializer):
    url = serializers.SerializerMethodField()
    captions_url = serializers.SerializerMethodField()
    duration_seconds = serializers.IntegerField()
    forbid_skipping = serializers.BooleanField()

    def get_url(self, lesson: Lesson) -> str:
        """The page that serves the file, to whoever may read the lesson; never the file's place in the storage."""
        return _served("lesson_video", lesson) if lesson.video_file else lesson.video_url

    def get_captions_url(self, lesson: Lesson) -> str | None:
        return _served("lesson_captions", lesson) if lesson.captions else None


def _served(page: str, lesson: Lesson) -> str:
    return reverse(f"learning:{page}", args=[lesson.course.slug, lesson.slug])


class PracticeSerializer(serializers.Serializer):
    questions_count = serializers.IntegerField()
    pass_mark = serializers.IntegerField()
    attempts = serializers.IntegerField()
    best_score = PercentField(allow_null=True)


class SubPageSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    slug = serializers.SlugField()
    title = serializers.CharField()
    html = serializers.CharField()


class LessonSerializer(serializers.Serializer):
    id = serializers.IntegerField(source="lesson.pk")
    course = serializers.IntegerField(source="lesson.course_id")
    module = serializers.IntegerField(source="lesson.module_id")
    slug = serializers.SlugField(source="lesson.slug")
    title = serializers.CharField(source="lesson.title")
    kind = serializers.ChoiceField(choices=LessonKind.choices, source="lesson.kind")
    is_preview = serializers.BooleanField(source="lesson.is_preview")
    html = serializers.CharField(source="lesson.html")
    video = serializers.SerializerMethodField()
    practice = PracticeSerializer(allow_null=True)
    progress = LessonProgressSerializer(allow_null=True)
    sub_pages = SubPageSerializer(many=True, source="lesson.sub_pages.all")

    @extend_schema_field(VideoSerializer(allow_null=True))
    def get_video(self, opened: OpenLesson) -> dict[str, Any] | None:
        return VideoSerializer(opened.lesson).data if opened.lesson.kind == LessonKind.VIDEO else None


class LessonView(ApiView):
    """For enrolled learners; for its instructors and staff as a preview; preview lessons for everybody."""

    policies = ("lesson.read", "lesson.preview", "lesson.draft")

    @extend_schema(operation_id="lessons_retrieve", responses=LessonSerializer)
    def get(self, request: Request, lesson: int) -> Response:
        try:
            opened = open_lesson(request.user, lesson)
        except NotEnrolled:
            if request.user.is_authenticated:
                raise
            raise exceptions.NotAuthenticated from None
        return Response(LessonSerializer(opened).data)
