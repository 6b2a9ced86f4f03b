"""`students/top/`: learners who stand out."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.api.instructor.base import CourseView
from analytics.selectors.top import TopSort, top_learners
from learning.api.base import PercentField

MOST = 10


class TopLearnerSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    percent = PercentField()
    days_to_complete = serializers.FloatField(allow_null=True)
    badges = serializers.IntegerField()
    questions = serializers.IntegerField()
    last_active = serializers.DateTimeField(allow_null=True)


class TopLearnersSerializer(serializers.Serializer):
    students = TopLearnerSerializer(many=True)


class TopLearnersView(CourseView):
    """The ten learners of the course who were fastest, most engaged, asked most or were here last."""

    @extend_schema(
        parameters=[OpenApiParameter("sort", str, enum=TopSort.values, description="engaged where it is left out.")],
        responses=TopLearnersSerializer,
    )
    def get(self, request: Request, course: int) -> Response:
        sort = request.query_params.get("sort", TopSort.ENGAGED)
        if sort not in TopSort.values:
            raise exceptions.ValidationError({"sort": f"Must be one of {', '.join(TopSort.values)}."})
        place = self.place(request, course)
        found = {"students": top_learners(place.course, sort=sort, most=MOST)}
        return Response(TopLearnersSerializer(found).data)
