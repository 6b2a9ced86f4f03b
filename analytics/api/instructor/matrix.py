"""`students/matrix/`: the whole class against all lessons, as data."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.api.instructor.base import CourseView
from analytics.selectors.matrix import class_matrix


class MatrixRowSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    cells = serializers.CharField(help_text="A character for each lesson: - not started, o started, x completed.")


class ClassMatrixSerializer(serializers.Serializer):
    lessons = serializers.ListField(child=serializers.IntegerField(), help_text="Ids, in the order of the cells.")
    students = MatrixRowSerializer(many=True)
    next = serializers.IntegerField(allow_null=True, help_text="`after` of the next thousand.")


class MatrixView(CourseView):
    """Who has started and completed what: a thousand learners at a time, in the order in which they enrolled."""

    @extend_schema(
        parameters=[OpenApiParameter("after", int, description="What `next` said.")], responses=ClassMatrixSerializer
    )
    def get(self, request: Request, course: int) -> Response:
        after = request.query_params.get("after", "0")
        if not (after.isascii() and after.isdecimal() and len(after) < 19):
            raise exceptions.ValidationError({"after": "Must be a whole number."})
        found = class_matrix(self.place(request, course).course, after=int(after))
        # A thousand rows through a serializer cost more than everything else here.
        students = [{"id": pk, "name": name, "cells": cells} for pk, name, cells in found.rows]
        return Response({"lessons": found.lessons, "students": students, "next": found.next})
