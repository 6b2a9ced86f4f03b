"""`POST /api/learner/track-lesson/`: one beat, or up to 100."""

from __future__ import annotations

import uuid
from http import HTTPStatus
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema, extend_schema_field
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from learning.api.base import ApiView, NumberField, StrictBooleanField, StrictSerializer, WholeNumberField, caller
from learning.api.effects import MOVED_FIELDS, moved
from learning.exceptions import BadBeat, Refused
from learning.kinds import Beat, ProgressState
from learning.limits import CountingThrottle
from learning.services.tracking import Outcome, record_beat, record_beats

MOST_BEATS = 100
BIGGEST = 2**53 - 1
A_DAY, A_WEEK = 86_400, 604_800


@extend_schema_field(
    {"type": "array", "items": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}}
)
class RangesField(serializers.Field):
    """`[[from, to], …]` in seconds of the video."""

    def to_internal_value(self, data: Any) -> tuple[tuple[float, float], ...]:
        second = NumberField(min_value=0, max_value=A_DAY)
        if not isinstance(data, list) or len(data) > 500 or not all(isinstance(p, list) and len(p) == 2 for p in data):
            raise exceptions.ValidationError(_("Must be a list of [from, to] pairs."), code="not_ranges")
        return tuple((second.run_validation(a), second.run_validation(b)) for a, b in data)

    def to_representation(self, value: Any) -> Any:
        return value


class TabField(serializers.UUIDField):
    """A UUID as text."""

    def to_internal_value(self, data: Any) -> uuid.UUID:
        if not isinstance(data, str):
            self.fail("invalid", value=data)
        return super().to_internal_value(data)


class InstantField(serializers.DateTimeField):
    """An instant with its offset."""

    def to_internal_value(self, value: Any) -> Any:
        if not isinstance(value, str):
            self.fail("invalid", format="YYYY-MM-DDThh:mm:ss+hh:mm")
        return super().to_internal_value(value)


class BeatSerializer(StrictSerializer):
    """One beat: `seconds` since the last one, never a running total."""

    lesson = WholeNumberField(min_value=1, max_value=BIGGEST)
    client_session = TabField()
    seq = WholeNumberField(min_value=1, max_value=BIGGEST)
    seconds = NumberField(min_value=0, max_value=A_WEEK)
    position = NumberField(min_value=0, max_value=A_DAY, required=False, allow_null=True)
    rate = NumberField(min_value=0.1, max_value=16, required=False)
    ranges = RangesField(required=False)
    recorded_at = InstantField(required=False, allow_null=True)
    completed = StrictBooleanField(required=False)


# One for all requests: it keeps nothing between them, and making its fields anew costs more than all else here.
_ONE_BEAT = BeatSerializer()


def to_beat(sent: Any) -> Beat:
    """The beat that was sent, or a ValidationError that names its fields."""
    values = _ONE_BEAT.run_validation(sent)
    return Beat(**{**values, "client_session": str(values["client_session"])})


class BeatsSerializer(StrictSerializer):
    """Beats kept offline, oldest first; each is judged alone."""

    beats = serializers.ListField(child=serializers.JSONField(), min_length=1, max_length=MOST_BEATS)


class MissingSerializer(serializers.Serializer):
    what = serializers.ChoiceField(["seconds", "coverage", "practice"])
    have = serializers.FloatField()
    need = serializers.FloatField()


class LessonProgressSerializer(serializers.Serializer):
    """Where the learner stands in one lesson; coverage is 0-100, null where there is no video."""

    lesson = serializers.IntegerField()
    status = serializers.ChoiceField(["not_started", "in_progress", "completed"])
    seconds = serializers.IntegerField()
    coverage = serializers.FloatField(allow_null=True)
    position = serializers.FloatField()
    completed_at = serializers.DateTimeField(allow_null=True)
    missing = MissingSerializer(many=True)


class EnrollmentStateSerializer(serializers.Serializer):
    """Where the learner stands in one course; percent is 0-100 with two decimals."""

    course = serializers.IntegerField()
    percent = serializers.FloatField()
    completed_lessons = serializers.IntegerField()
    required_lessons = serializers.IntegerField()
    seconds = serializers.IntegerField()
    completed_at = serializers.DateTimeField(allow_null=True)


class TrackedSerializer(serializers.Serializer):
    """The answer to one beat."""

    credited_seconds = serializers.IntegerField()
    lesson_progress = LessonProgressSerializer()
    enrollment = EnrollmentStateSerializer()
    locals().update(MOVED_FIELDS)


@extend_schema_field({"oneOf": [{"$ref": "#/components/schemas/Problem"}]})
class ProblemField(serializers.JSONField):
    """What an answer alone would have said, or null."""


class ResultSerializer(serializers.Serializer):
    client_session = serializers.CharField(allow_null=True)
    seq = serializers.IntegerField(allow_null=True)
    credited_seconds = serializers.IntegerField()
    problem = ProblemField(allow_null=True)


class TrackedManySerializer(serializers.Serializer):
    """The answer to several beats: a result each, and where the learner stands now in each lesson and course."""

    results = ResultSerializer(many=True)
    lesson_progress = LessonProgressSerializer(many=True)
    enrollment = EnrollmentStateSerializer(many=True)
    locals().update(MOVED_FIELDS)


class BeatsThrottle(CountingThrottle):
    """120 requests a minute per learner; a request may bring up to 100 beats that were kept offline."""

    scope = "beats"
    limit = 120


class TrackLessonView(ApiView):
    """Study time, position and completion, one beat at a time; each is credited at most once."""

    policies = "lesson.track"
    repeat_is_harmless = True  # each beat has the number of its tab
    throttle_classes = [BeatsThrottle]

    @extend_schema(
        request=PolymorphicProxySerializer(
            component_name="BeatOrBeats", serializers=[BeatSerializer, BeatsSerializer], resource_type_field_name=None
        ),
        responses=PolymorphicProxySerializer(
            component_name="TrackedOneOrMany",
            serializers=[TrackedSerializer, TrackedManySerializer],
            resource_type_field_name=None,
        ),
    )
    def post(self, request: Request) -> Response:
        if isinstance(request.data, dict) and "beats" in request.data:
            return self._many(request)
        outcome = record_beat(learner=caller(request), beat=to_beat(request.data), at=timezone.now())
        return Response(_answer(outcome))

    def _many(self, request: Request) -> Response:
        body = BeatsSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        sent = body.validated_data["beats"]
        judged = [_beat_or_error(one) for one in sent]
        good = [one for one in judged if isinstance(one, Beat)]
        outcomes = record_beats(learner=caller(request), beats=good, at=timezone.now())
        waiting = iter(outcomes)
        results = [
            _result(next(waiting)) if isinstance(one, Beat) else _invalid(raw, one)
            for raw, one in zip(sent, judged, strict=True)
        ]
        return Response({"results": results, **_standing(outcomes)})


def _beat_or_error(sent: Any) -> Beat | exceptions.ValidationError:
    try:
        return to_beat(sent)
    except exceptions.ValidationError as error:
        return error


# The answers are dataclasses whose members are the answer's; a serializer for each would double the cost of a beat.
def _answer(outcome: Outcome) -> dict[str, Any]:
    return {
        "credited_seconds": outcome.credited,
        "lesson_progress": _members(outcome.progress) if outcome.progress else None,
        "enrollment": vars(outcome.enrollment) if outcome.enrollment else None,
        **moved(outcome.effects),
    }


def _members(progress: ProgressState) -> dict[str, Any]:
    return {**vars(progress), "missing": [vars(m) for m in progress.missing]}


def _standing(outcomes: list[Outcome]) -> dict[str, Any]:
    """Each lesson and course that the beats touched, as the last of them left it."""
    lessons = {o.progress.lesson: _members(o.progress) for o in outcomes if o.progress}
    courses = {o.enrollment.course: vars(o.enrollment) for o in outcomes if o.enrollment}
    effects = [effect for o in outcomes for effect in o.effects]
    return {"lesson_progress": list(lessons.values()), "enrollment": list(courses.values()), **moved(effects)}


def _result(outcome: Outcome) -> dict[str, Any]:
    return {
        "client_session": outcome.beat.client_session,
        "seq": outcome.beat.seq,
        "credited_seconds": outcome.credited,
        "problem": _problem(outcome.problem) if outcome.problem else None,
    }


def _problem(problem: Refused) -> dict[str, Any]:
    return {
        "type": "about:blank",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail,
        "code": problem.code,
    }


def _invalid(sent: Any, error: exceptions.ValidationError) -> dict[str, Any]:
    known = sent if isinstance(sent, dict) else {}
    seq = known.get("seq")
    named = error.detail if isinstance(error.detail, dict) else {"non_field_errors": error.detail}
    errors = [
        {"field": field, "code": getattr(problem, "code", "invalid"), "detail": str(problem)}
        for field, problems in named.items()
        for problem in (problems if isinstance(problems, list) else [problems])
    ]
    detail = _("Some of what was sent can't be used.")
    return {
        "client_session": str(known["client_session"]) if "client_session" in known else None,
        "seq": seq if isinstance(seq, int) and not isinstance(seq, bool) else None,
        "credited_seconds": 0,
        "problem": {**_problem(BadBeat(detail)), "errors": errors},
    }
