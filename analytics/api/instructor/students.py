"""`students/`: the learners of a course, and those who may need help."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.api.instructor.base import CourseView
from analytics.kinds.risk import Measure, Reason
from analytics.kinds.students import Show, Sort, State
from analytics.selectors.keyset import BadCursor
from analytics.selectors.risk import NeedHelp, need_help
from analytics.selectors.students import Page, Wanted, students
from learning.api.base import PercentField

MOST = 100
USUAL = 50
CURSOR = OpenApiParameter("cursor", str, description="The place that `next` of the page before names.")
PAGE_SIZE = OpenApiParameter(
    "page_size",
    {"type": "integer", "minimum": 1},
    description="Rows per page, 50 where none is asked for; more than 100 are answered with 100.",
)


class RiskSerializer(serializers.Serializer):
    """How far behind the others on the last night, from 0 to 1, and for which reasons that is said."""

    score = serializers.FloatField()
    reasons = serializers.ListField(child=serializers.ChoiceField(Reason.choices))


class StudentSerializer(serializers.Serializer):
    """One learner. `email` is for staff only; `activity` has the seconds of the last 14 days, the oldest first."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    email = serializers.EmailField(allow_null=True)
    percent = PercentField()
    seconds = serializers.IntegerField()
    last_active = serializers.DateTimeField(allow_null=True)
    state = serializers.ChoiceField(State.choices)
    activity = serializers.ListField(child=serializers.IntegerField())
    risk = RiskSerializer(allow_null=True)


class StudentsSerializer(serializers.Serializer):
    count = serializers.IntegerField()
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = StudentSerializer(many=True)


class FlagSerializer(serializers.Serializer):
    """`signal` is what was measured, `value` this learner's, `course_median` that of who has been there as long."""

    id = serializers.IntegerField()
    reason = serializers.ChoiceField(Reason.choices)
    signal = serializers.ChoiceField(Measure.choices, source="measure")
    value = serializers.FloatField()
    course_median = serializers.FloatField(source="median", allow_null=True)
    since = serializers.DateField()


class NeedingSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    score = serializers.FloatField()
    flags = FlagSerializer(many=True)
    last_active = serializers.DateTimeField(allow_null=True)
    percent = PercentField()


class NeedHelpSerializer(serializers.Serializer):
    """The furthest behind first. `day` is the course's day that was judged; null before the first night."""

    count = serializers.IntegerField(help_text="at most 1001, which says: more than 1000")
    day = serializers.DateField(allow_null=True)
    next = serializers.URLField(allow_null=True)
    students = NeedingSerializer(many=True)


class StudentsView(CourseView):
    """The learners, in one of four orders, by pages of a cursor."""

    @extend_schema(
        operation_id="instructor_students",
        parameters=[
            OpenApiParameter("sort", str, enum=Sort.values, description="`recent` where nothing is asked for."),
            OpenApiParameter("filter", str, enum=Show.values, description="`all` where nothing is asked for."),
            OpenApiParameter("search", str, description="A part of the name."),
            CURSOR,
            PAGE_SIZE,
        ],
        responses=StudentsSerializer,
    )
    def get(self, request: Request, course: int) -> Response:
        place = self.place(request, course)
        wanted = Wanted(
            sort=Sort(_choice(request, "sort", Sort.values, Sort.RECENT)),
            show=Show(_choice(request, "filter", Show.values, Show.ALL)),
            search=request.query_params.get("search", "").replace("\x00", ""),
            after=request.query_params.get("cursor", ""),
        )
        try:
            page = students(place, wanted, size=_size(request))
        except BadCursor as unknown:
            raise Http404 from unknown
        return Response(StudentsSerializer(_page(request, page)).data)


class AtRiskView(CourseView):
    """Who may need help, with the reasons and their receipts."""

    @extend_schema(
        operation_id="instructor_students_at_risk", parameters=[CURSOR, PAGE_SIZE], responses=NeedHelpSerializer
    )
    def get(self, request: Request, course: int) -> Response:
        place = self.place(request, course)
        try:
            found = need_help(place, after=request.query_params.get("cursor", ""), size=_size(request))
        except BadCursor as unknown:
            raise Http404 from unknown
        return Response(NeedHelpSerializer(_needing(request, found)).data)


def _page(request: Request, page: Page) -> dict[str, Any]:
    following = _following(request, page.next)
    return {"count": page.count, "next": following, "previous": None, "results": page.students}


def _needing(request: Request, found: NeedHelp) -> dict[str, Any]:
    return {
        "count": found.count,
        "day": found.night.day if found.night else None,
        "next": _following(request, found.next),
        "students": found.students,
    }


def _following(request: Request, word: str) -> str | None:
    """The address of the next page: this one, from the place on."""
    if not word:
        return None
    asked = {name: value for name, value in request.query_params.items() if name != "cursor"}
    return request.build_absolute_uri(f"{request.path}?{urlencode({**asked, 'cursor': word})}")


def _choice(request: Request, name: str, choices: list[str], usual: str) -> str:
    said = request.query_params.get(name) or usual
    if said not in choices:
        raise exceptions.ValidationError({name: _("Must be one of: %(words)s.") % {"words": ", ".join(choices)}})
    return said


def _size(request: Request) -> int:
    said = request.query_params.get("page_size", str(USUAL))
    if not (said.isascii() and said.isdecimal() and len(said) < 19 and int(said)):
        raise exceptions.ValidationError({"page_size": _("Must be a whole number above 0.")})
    return min(int(said), MOST)
