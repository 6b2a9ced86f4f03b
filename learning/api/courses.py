"""The catalogue and a course with its outline; both are public."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from learning.api.base import ApiView, MethodFirst
from learning.kinds import LessonKind
from learning.markdown import render_markdown
from learning.models import Course
from learning.models.courses import CourseQuerySet
from learning.selectors.catalogue import CourseFilter, catalogue, course_page
from learning.selectors.outline import Part, outline


class InstructorSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()


class CourseSerializer(serializers.ModelSerializer):
    category = serializers.SlugField(source="category.slug", read_only=True, allow_null=True, default=None)
    instructors = InstructorSerializer(many=True, read_only=True)
    is_enrolled = serializers.BooleanField(read_only=True)

    class Meta:
        model = Course
        fields: tuple[str, ...] = (
            "id",
            "slug",
            "title",
            "subtitle",
            "category",
            "level",
            "language",
            "lessons_count",
            "duration_minutes",
            "instructors",
            "is_enrolled",
        )
        read_only_fields: tuple[str, ...] = fields


class OutlineLessonSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    slug = serializers.SlugField()
    title = serializers.CharField()
    kind = serializers.ChoiceField(choices=LessonKind.choices)
    is_required = serializers.BooleanField()
    is_preview = serializers.BooleanField()
    is_published = serializers.BooleanField()
    minutes = serializers.IntegerField(source="estimated_minutes")
    min_seconds = serializers.IntegerField()


class OutlineModuleSerializer(serializers.Serializer):
    id = serializers.IntegerField(source="module.pk")
    title = serializers.CharField(source="module.title")
    lessons = serializers.SerializerMethodField()

    @extend_schema_field(OutlineLessonSerializer(many=True))
    def get_lessons(self, part: Part) -> list[dict[str, Any]]:
        return [OutlineLessonSerializer(stop.lesson).data for stop in part.stops]


class CourseDetailSerializer(CourseSerializer):
    description_html = serializers.SerializerMethodField()
    modules = serializers.SerializerMethodField()

    class Meta(CourseSerializer.Meta):
        fields = (*CourseSerializer.Meta.fields, "description_html", "modules")
        read_only_fields = fields

    def get_description_html(self, course: Course) -> str:
        return render_markdown(course.description)

    @extend_schema_field(OutlineModuleSerializer(many=True))
    def get_modules(self, course: Course) -> list[dict[str, Any]]:
        return list(OutlineModuleSerializer(self.context["outline"], many=True).data)


@extend_schema_view(get=extend_schema(operation_id="courses_list"))
class CourseListView(MethodFirst, generics.ListAPIView):
    """Published courses. An unknown value of a filter is a 400 that names it."""

    policies = "catalogue.read"
    serializer_class = CourseSerializer
    filterset_class = CourseFilter
    queryset = Course.objects.none()

    def get_queryset(self) -> CourseQuerySet:
        return catalogue(self.request.user)


class CourseView(ApiView):
    """One course with its outline. Its instructors and staff see unpublished lessons too, marked as such."""

    policies = ("course.read", "course.draft")

    @extend_schema(operation_id="courses_retrieve", responses=CourseDetailSerializer)
    def get(self, request: Request, course: int) -> Response:
        found = course_page(request.user).filter(pk=course).first()
        if found is None:
            raise Http404
        parts = outline(found, request.user, with_drafts=found.is_managed_by(request.user))
        return Response(CourseDetailSerializer(found, context={"request": request, "outline": parts}).data)
