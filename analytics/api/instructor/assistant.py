"""`ai-analytics/`: what learners ask the course's assistant, and answering them."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import exceptions, generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.api.instructor.base import RANGE, CourseView
from analytics.selectors.assistant import RECENT, told_in, usage, waiting_for
from chat.kinds import AnswerStatus
from chat.models import Message
from chat.services.instructors import answer_question, look_into, take_back_answer
from learning.api.base import PagePagination, PercentField, StrictCharField, StrictSerializer, caller
from learning.exceptions import Unknown
from learning.models import User
from learning.selectors.names import name_for_teachers

LONGEST = 4000
LONGEST_TOPIC = 200


class TopicSerializer(serializers.Serializer):
    """What at least five people asked about."""

    topic = serializers.CharField(source="name")
    count = serializers.IntegerField()
    askers = serializers.IntegerField()


class QuestionHourSerializer(serializers.Serializer):
    weekday = serializers.IntegerField(min_value=1, max_value=7, help_text="Monday is 1")
    hour = serializers.IntegerField(min_value=0, max_value=23)
    count = serializers.IntegerField()


class AskerSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    questions = serializers.IntegerField()


class LearnerSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.SerializerMethodField()

    def get_name(self, learner: User) -> str:
        return name_for_teachers(learner, self.context["course"])


class GivenAnswerSerializer(serializers.Serializer):
    """What the assistant answered."""

    content = serializers.CharField()
    answer_status = serializers.SerializerMethodField()
    feedback = serializers.SerializerMethodField()

    @extend_schema_field({"type": ["string", "null"], "enum": [*AnswerStatus.values, None]})
    def get_answer_status(self, row: Message) -> str | None:
        return row.answer_status or None

    @extend_schema_field({"type": ["string", "null"], "enum": [*Message.Feedback.values, None]})
    def get_feedback(self, row: Message) -> str | None:
        return row.feedback or None


class ToldQuestionSerializer(serializers.ModelSerializer):
    """A question that its learner sent to the instructors, or that stands in a shared conversation."""

    student = LearnerSerializer(source="asker")
    question = serializers.CharField(source="content")
    answer = GivenAnswerSerializer()
    is_shared = serializers.BooleanField(source="conversation.is_shared")
    is_answered = serializers.BooleanField(help_text="By somebody who teaches the course")

    class Meta:
        model = Message
        fields = (
            "id",
            "question",
            "student",
            "lesson",
            "answer",
            "is_shared",
            "sent_to_instructor_at",
            "is_answered",
            "created_at",
        )
        read_only_fields = fields


class UsageSerializer(serializers.Serializer):
    total_questions = serializers.IntegerField()
    questions_per_student = serializers.FloatField()
    unanswered = serializers.IntegerField()
    unanswered_rate = PercentField()
    waiting = serializers.IntegerField(help_text="Of any day: sent to the instructors or not helped, and not answered")
    waiting_private = serializers.IntegerField(help_text="Those of them whose words their learners keep to themselves")
    topics = TopicSerializer(many=True)
    hours = QuestionHourSerializer(many=True)
    students = AskerSerializer(many=True)
    recent_questions = ToldQuestionSerializer(many=True)


class ReplySerializer(StrictSerializer):
    text = StrictCharField(max_length=LONGEST)


class InstructorAnswerSerializer(serializers.ModelSerializer):
    """An instructor's answer as it stands in the asker's conversation."""

    question = serializers.UUIDField(source="replies_to_id")
    text = serializers.CharField(source="content")

    class Meta:
        model = Message
        fields = ("id", "question", "text", "created_at")
        read_only_fields = fields


class AssistantView(CourseView):
    """How the assistant is used: figures and topics of all questions, words of those that were told to the caller."""

    @extend_schema(operation_id="instructor_assistant", parameters=RANGE, responses=UsageSerializer)
    def get(self, request: Request, course: int) -> Response:
        place = self.place(request, course)
        found, recent = usage(place), list(told_in(place)[:RECENT])
        look_into(recent, reader=place.viewer, at=place.at)
        said: dict[str, Any] = {
            **found.stats,
            "waiting": found.counts.waiting,
            "waiting_private": found.counts.waiting_private,
            "topics": found.topics,
            "hours": found.hours,
            "students": found.askers,
            "recent_questions": recent,
        }
        return Response(UsageSerializer(said, context={"course": place.course}).data)


class QuestionsView(CourseView, generics.ListAPIView):
    """Questions that were told to the caller, the newest first; or those that wait, the oldest first."""

    serializer_class = ToldQuestionSerializer
    pagination_class = PagePagination
    queryset = Message.objects.none()

    @extend_schema(
        operation_id="instructor_questions",
        responses=ToldQuestionSerializer(many=True),
        parameters=[
            *RANGE,
            OpenApiParameter("topic", {"type": "string", "maxLength": LONGEST_TOPIC}, description="About this only."),
            OpenApiParameter(
                "state", str, enum=["waiting"], description="Those of any day that wait for an answer, without a topic."
            ),
        ],
    )
    def get(self, request: Request, course: int) -> Response:
        place, topic = self.place(request, course), request.query_params.get("topic", "")
        if len(topic) > LONGEST_TOPIC or "\x00" in topic:
            raise exceptions.ValidationError({"topic": f"Must be text of at most {LONGEST_TOPIC} characters."})
        rows = waiting_for(place) if _is_waiting(request) else told_in(place, topic=topic)
        page = self.paginate_queryset(rows) or []
        look_into(page, reader=place.viewer, at=place.at)
        self.course = place.course
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "course": getattr(self, "course", None)}


class AnswerView(CourseView):
    """Answer a question in the asker's conversation, or take one's own answer back; again: nothing changes."""

    policies = "question.answer"

    @extend_schema(
        operation_id="instructor_answer",
        request=ReplySerializer,
        responses={201: InstructorAnswerSerializer, 200: InstructorAnswerSerializer},
    )
    def post(self, request: Request, course: int, pk: str) -> Response:
        question = self._question(request, course, pk)
        body = ReplySerializer(data=request.data)
        body.is_valid(raise_exception=True)
        is_new = not question.replies.exists()
        answer = answer_question(
            question=question, instructor=caller(request), text=body.validated_data["text"], at=timezone.now()
        )
        code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        return Response(InstructorAnswerSerializer(answer).data, status=code)

    @extend_schema(operation_id="instructor_take_back", responses={204: None})
    def delete(self, request: Request, course: int, pk: str) -> Response:
        question = self._question(request, course, pk)
        take_back_answer(question=question, instructor=caller(request), at=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _question(self, request: Request, course: int, pk: str) -> Message:
        found = Message.objects.told_to(caller(request)).filter(course=course, pk=pk).first()
        if found is None:
            raise Unknown
        return found


def _is_waiting(request: Request) -> bool:
    state = request.query_params.get("state", "")
    if state not in ("", "waiting"):
        raise exceptions.ValidationError({"state": "Must be waiting, or left out."})
    return bool(state)
