"""`/api/practice/`: start an attempt, finish it."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from learning.api.base import ApiView, StrictSerializer, WholeNumberField, caller
from learning.api.effects import MOVED_FIELDS, last, moved
from learning.api.idempotency import idempotent
from learning.api.tracking import BIGGEST
from learning.exceptions import Unknown
from learning.kinds import QuestionKind
from learning.limits import CountingThrottle
from learning.markdown import render_markdown
from learning.models import Lesson, PracticeAttempt, Question, User
from learning.services.practice import finish_attempt, start_attempt


class StartSerializer(StrictSerializer):
    lesson = WholeNumberField(min_value=1, max_value=BIGGEST)


class ChoiceSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    text_html = serializers.SerializerMethodField()

    def get_text_html(self, choice: Any) -> str:
        return render_markdown(choice.text)


class QuestionSerializer(serializers.Serializer):
    """A question without its answer."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(QuestionKind.choices)
    text_html = serializers.SerializerMethodField()
    choices = ChoiceSerializer(many=True, source="choices.all")

    def get_text_html(self, question: Question) -> str:
        return render_markdown(question.text)


class AttemptSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    lesson = serializers.IntegerField(source="lesson_id")
    started_at = serializers.DateTimeField()
    questions = QuestionSerializer(many=True)


@extend_schema_field({"type": ["integer", "number", "string", "array"], "items": {"type": "integer"}})
class AnswerField(serializers.JSONField):
    """A choice's id, a list of them, a text, a number, or null for none."""


class AnswersSerializer(StrictSerializer):
    """Per question id: its answer. Whether it fits the question's kind is judged there."""

    answers = serializers.DictField(child=AnswerField(allow_null=True))


@extend_schema_field({"type": ["integer", "number", "string"]})
class RightField(serializers.JSONField):
    """A choice's id, a number or a text."""


class MarkSerializer(serializers.Serializer):
    question = serializers.IntegerField()
    is_correct = serializers.BooleanField(allow_null=True, help_text="null: this question is not scored")
    right = serializers.ListField(child=RightField())
    explanation_html = serializers.CharField(allow_blank=True)


class SessionStatsSerializer(serializers.Serializer):
    total_sessions = serializers.IntegerField()
    today_sessions = serializers.IntegerField()
    weekly_sessions = serializers.IntegerField()
    current_streak = serializers.IntegerField()
    longest_streak = serializers.IntegerField()
    average_score = serializers.FloatField(allow_null=True)


class GoalsSerializer(serializers.Serializer):
    daily_goal = serializers.IntegerField()
    daily_progress = serializers.IntegerField()
    daily_percentage = serializers.FloatField()
    weekly_goal = serializers.IntegerField()
    weekly_progress = serializers.IntegerField()
    weekly_percentage = serializers.FloatField()


class FinishedSerializer(serializers.Serializer):
    """A scored attempt, and what it moved."""

    success = serializers.BooleanField()
    score = serializers.FloatField(allow_null=True)
    passed = serializers.BooleanField()
    results = MarkSerializer(many=True)
    stats = SessionStatsSerializer(allow_null=True)
    goals = GoalsSerializer(allow_null=True)
    locals().update(MOVED_FIELDS)


class PracticeThrottle(CountingThrottle):
    """60 a minute per learner, starting and finishing together."""

    scope = "practice"
    limit = 60


class PracticeView(ApiView):
    """Start answering."""

    policies = "practice.start"
    throttle_classes = [PracticeThrottle]

    @idempotent
    @extend_schema(request=StartSerializer, responses={201: AttemptSerializer})
    def post(self, request: Request) -> Response:
        body = StartSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        lesson = Lesson.objects.published().of(caller(request)).filter(pk=body.validated_data["lesson"]).first()
        if lesson is None:
            raise Unknown
        attempt, _ = start_attempt(learner=caller(request), lesson=lesson, at=timezone.now())
        return Response(_attempt(attempt), status=201)


class PracticeFinishView(ApiView):
    """Hand in the answers, once."""

    policies = "practice.finish"
    throttle_classes = [PracticeThrottle]

    @idempotent
    @extend_schema(request=AnswersSerializer, responses=FinishedSerializer)
    def post(self, request: Request, pk: int) -> Response:
        attempt = _own_attempt(caller(request), pk)
        body = AnswersSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        outcome = finish_attempt(attempt=attempt, answers=body.validated_data["answers"], at=timezone.now())
        effects = outcome.effects
        return Response(
            {
                "success": True,
                "score": None if outcome.attempt.score is None else float(outcome.attempt.score),
                "passed": outcome.attempt.passed,
                "results": outcome.attempt.results,
                "stats": last(effects, "stats"),
                "goals": last(effects, "goals"),
                **moved(effects),
            }
        )


def _own_attempt(learner: User, pk: int) -> PracticeAttempt:
    attempt = PracticeAttempt.objects.of(learner).filter(pk=pk).select_related("learner", "lesson__course").first()
    if attempt is None:
        raise exceptions.NotFound
    return attempt


def _attempt(attempt: PracticeAttempt) -> dict[str, Any]:
    questions = Question.objects.filter(pk__in=attempt.question_ids).prefetch_related("choices")
    return {
        **AttemptSerializer(
            {"id": attempt.pk, "lesson_id": attempt.lesson_id, "started_at": attempt.started_at, "questions": questions}
        ).data
    }
