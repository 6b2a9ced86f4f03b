"""What these endpoints share: whose course it is, and the range of days that is asked for."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter
from rest_framework import exceptions
from rest_framework.request import Request

from analytics.kinds.ranges import Period
from analytics.selectors.places import Place, find_place
from learning.api.base import ApiView, caller

RANGE = [
    OpenApiParameter(
        "period",
        str,
        enum=[one.value for one in Period if one is not Period.CUSTOM],
        description="The range of days, in the course's zone; 30d where nothing is asked for.",
    ),
    OpenApiParameter("start_date", str, description="The range's first day (2026-03-14), instead of `period`."),
    OpenApiParameter("end_date", str, description="The range's last day; today where it is left out."),
]


class CourseView(ApiView):
    """About one course, for its instructors and for staff; for everybody else the course is not there."""

    policies: Any = "instructor.read"

    def place(self, request: Request, course: int) -> Place:
        """The course and the range. Raises Unknown (404), or a validation error for a range that can't be."""
        found = find_place(caller(request), course, request.query_params, at=timezone.now())
        if found.problem:
            raise exceptions.ValidationError({found.problem.field: found.problem.detail})
        return found
