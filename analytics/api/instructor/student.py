"""`students/{student}/`: one learner of a course, and what is done for them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.api.instructor.base import CourseView
from analytics.api.instructor.students import FlagSerializer
from analytics.kinds.risk import Act
from analytics.kinds.students import Happened, State
from analytics.models import Outreach, RiskFlag, StudentNote
from analytics.selectors.places import Place
from analytics.selectors.student import StudentState, student_state
from analytics.selectors.students import student_of
from analytics.services import care
from learning.api.base import PercentField, StrictBooleanField, StrictCharField, StrictSerializer
from learning.api.idempotency import idempotent
from learning.exceptions import Unknown
from learning.kinds import LessonKind, LessonStatus
from learning.models import Enrollment

LONGEST_MESSAGE = 500
LONGEST_NOTE = 4000


# --- what is shown ----------------------------------------------------------------------------------------------
class PersonSerializer(serializers.Serializer):
    """`email` is for staff only. `is_private`: they have switched detailed activity off, and less is shown."""

    id = serializers.IntegerField(source="enrollment.learner_id")
    name = serializers.CharField()
    email = serializers.EmailField(allow_null=True)
    is_private = serializers.BooleanField()


class StudentPlaceSerializer(serializers.Serializer):
    """Where they are in the course."""

    started_at = serializers.DateTimeField(source="enrollment.started_at")
    last_active = serializers.DateTimeField(source="enrollment.last_accessed_at", allow_null=True)
    completed_at = serializers.DateTimeField(source="enrollment.completed_at", allow_null=True)
    percent = PercentField(source="enrollment.percent")
    state = serializers.ChoiceField(State.choices)


class AfterSerializer(serializers.Serializer):
    """What the learner did in the 14 days after it; so far, where they are not over."""

    is_over = serializers.BooleanField()
    active_days = serializers.IntegerField()
    seconds = serializers.IntegerField()
    lessons = serializers.IntegerField()


class TimelineEventSerializer(serializers.Serializer):
    """Something that happened; `after` where somebody acted."""

    at = serializers.DateTimeField()
    kind = serializers.ChoiceField(Happened.choices)
    title = serializers.CharField(allow_blank=True)
    detail = serializers.CharField(allow_blank=True)
    by = serializers.CharField(allow_blank=True)
    after = AfterSerializer(allow_null=True)


class StudentLessonSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    title = serializers.CharField()
    module = serializers.CharField()
    kind = serializers.ChoiceField(LessonKind.choices)
    status = serializers.ChoiceField([one.value for one in LessonStatus])
    seconds = serializers.IntegerField()
    attempts = serializers.IntegerField()
    best_score = serializers.FloatField(allow_null=True)
    last_access = serializers.DateTimeField(allow_null=True)
    completed_at = serializers.DateTimeField(allow_null=True)


class StudentStatsSerializer(serializers.Serializer):
    """Null where it is private or nothing is known. `best_hour`: 0 to 23, where the learner lives."""

    total_seconds = serializers.IntegerField()
    completed_lessons = serializers.IntegerField()
    required_lessons = serializers.IntegerField()
    questions_asked = serializers.IntegerField(allow_null=True)
    current_streak = serializers.IntegerField(allow_null=True)
    average_session_seconds = serializers.IntegerField(allow_null=True)
    best_hour = serializers.IntegerField(allow_null=True)


class SharedTopicSerializer(serializers.Serializer):
    topic = serializers.CharField()
    count = serializers.IntegerField()


class SharedTalkSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    title = serializers.CharField()
    last_message_at = serializers.DateTimeField()


class ChatSummarySerializer(serializers.Serializer):
    """Questions are counted; topics and conversations are those that the learner shared."""

    total_questions = serializers.IntegerField(allow_null=True)
    topics = SharedTopicSerializer(many=True)
    shared_sessions = SharedTalkSerializer(many=True)


class NoteSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    note = serializers.CharField(source="text")
    action_item = serializers.BooleanField(source="is_action_item")
    done_at = serializers.DateTimeField(allow_null=True)
    author = serializers.SerializerMethodField()
    at = serializers.DateTimeField()

    def get_author(self, note: StudentNote) -> str | None:
        return note.author.name if note.author else None


class StudentPageSerializer(serializers.Serializer):
    """Everything on a learner's page. Each reading is written down, and the learner sees it."""

    student = PersonSerializer(source="*")
    enrollment = StudentPlaceSerializer(source="*")
    flags = FlagSerializer(many=True)
    timeline = TimelineEventSerializer(many=True)
    lessons = StudentLessonSerializer(many=True)
    stats = StudentStatsSerializer()
    chat_summary = ChatSummarySerializer()
    notes = NoteSerializer(many=True)


class ActSerializer(serializers.Serializer):
    """What was done."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(Act.choices)
    message = serializers.CharField(allow_blank=True)
    until = serializers.DateField(allow_null=True)
    at = serializers.DateTimeField()


# --- what is sent -----------------------------------------------------------------------------------------------
class MessageSerializer(StrictSerializer):
    """Without a message, the usual words in the learner's language are sent."""

    message = StrictCharField(max_length=LONGEST_MESSAGE, required=False)


class WriteNoteSerializer(StrictSerializer):
    note = StrictCharField(max_length=LONGEST_NOTE)
    action_item = StrictBooleanField(required=False, default=False)


class UntilSerializer(StrictSerializer):
    until = serializers.DateField()


class WhySerializer(StrictSerializer):
    reason = StrictCharField(max_length=LONGEST_MESSAGE, required=False, allow_blank=True, default="")


class DoneSerializer(StrictSerializer):
    done = StrictBooleanField()

    def validate_done(self, value: bool) -> bool:
        if not value:
            raise serializers.ValidationError("What is done stays done.", code="stays_done")
        return value


# --- addresses --------------------------------------------------------------------------------------------------
class OneStudentView(CourseView):
    """About one learner; whoever does not learn in the course is not there."""

    def student(self, request: Request, course: int, student: int) -> tuple[Place, Enrollment]:
        place = self.place(request, course)
        enrollment = student_of(place, student)
        if enrollment is None:
            raise Unknown
        return place, enrollment

    def flag(self, enrollment: Enrollment, pk: int) -> RiskFlag:
        flags = RiskFlag.objects.filter(course=enrollment.course_id, learner=enrollment.learner_id)
        found = flags.filter(pk=pk, shown_from__lte=timezone.now().date() + dt.timedelta(days=1)).first()
        if found is None:
            raise Unknown
        return found


class StudentView(OneStudentView):
    """One learner."""

    @extend_schema(operation_id="instructor_student", responses=StudentPageSerializer)
    def get(self, request: Request, course: int, student: int) -> Response:
        place, enrollment = self.student(request, course, student)
        care.remember_reading(enrollment=enrollment, reader=place.viewer, at=place.at)
        return Response(StudentPageSerializer(_shown(student_state(place, enrollment))).data)


class NotesView(OneStudentView):
    """Write something down, for those who teach the course."""

    policies = "instructor.act"

    @idempotent
    @extend_schema(operation_id="instructor_student_note", request=WriteNoteSerializer, responses={201: NoteSerializer})
    def post(self, request: Request, course: int, student: int) -> Response:
        place, enrollment = self.student(request, course, student)
        body = _checked(WriteNoteSerializer, request)
        made = care.note(
            enrollment=enrollment,
            text=body["note"],
            is_action_item=body["action_item"],
            by=place.viewer,
            at=place.at,
        )
        return Response(NoteSerializer(made).data, status.HTTP_201_CREATED)


class NoteView(OneStudentView):
    """An action item is done."""

    policies = "instructor.act"

    @extend_schema(operation_id="instructor_student_note_done", request=DoneSerializer, responses=NoteSerializer)
    def patch(self, request: Request, course: int, student: int, pk: int) -> Response:
        place, enrollment = self.student(request, course, student)
        _checked(DoneSerializer, request)
        notes = StudentNote.objects.filter(course=enrollment.course_id, learner=enrollment.learner_id)
        item = notes.select_related("author").filter(pk=pk, is_action_item=True).first()
        if item is None:
            raise Unknown
        care.finish(item, at=place.at)
        item.refresh_from_db(fields=["done_at"])
        return Response(NoteSerializer(item).data)


class _WriteView(OneStudentView):
    """A message to the learner, through their inbox and the ways that they chose. One of a kind a day."""

    policies = "instructor.act"
    kind: Act

    def write(self, request: Request, course: int, student: int) -> Response:
        place, enrollment = self.student(request, course, student)
        said = _checked(MessageSerializer, request).get("message", "")
        text = said or care.draft(enrollment=enrollment, kind=self.kind, reason=None, by=place.viewer).text
        act, is_new = care.write_to(enrollment=enrollment, kind=self.kind, text=text, by=place.viewer, at=place.at)
        return _told(act, is_new=is_new)


class EncourageView(_WriteView):
    """Encourage a learner. Again the same day: the first message stays."""

    kind = Act.ENCOURAGE

    @extend_schema(
        operation_id="instructor_student_encourage",
        request=MessageSerializer,
        responses={201: ActSerializer, 200: ActSerializer},
    )
    def post(self, request: Request, course: int, student: int) -> Response:
        return self.write(request, course, student)


class OfferHelpView(_WriteView):
    """Offer a learner help. Again the same day: the first message stays."""

    kind = Act.OFFER_HELP

    @extend_schema(
        operation_id="instructor_student_offer_help",
        request=MessageSerializer,
        responses={201: ActSerializer, 200: ActSerializer},
    )
    def post(self, request: Request, course: int, student: int) -> Response:
        return self.write(request, course, student)


class SnoozeView(OneStudentView):
    """Put a flag off until a day."""

    policies = "instructor.act"

    @extend_schema(operation_id="instructor_student_snooze", request=UntilSerializer, responses={201: ActSerializer})
    def post(self, request: Request, course: int, student: int, pk: int) -> Response:
        place, enrollment = self.student(request, course, student)
        flag, until = self.flag(enrollment, pk), _checked(UntilSerializer, request)["until"]
        return _told(care.snooze(flag=flag, enrollment=enrollment, until=until, by=place.viewer, at=place.at))


class DismissView(OneStudentView):
    """Not a problem: the flag is not shown again."""

    policies = "instructor.act"

    @extend_schema(operation_id="instructor_student_dismiss", request=WhySerializer, responses={201: ActSerializer})
    def post(self, request: Request, course: int, student: int, pk: int) -> Response:
        place, enrollment = self.student(request, course, student)
        flag, reason = self.flag(enrollment, pk), _checked(WhySerializer, request)["reason"]
        return _told(care.dismiss(flag=flag, enrollment=enrollment, reason=reason, by=place.viewer, at=place.at))


def _checked(kind: type[StrictSerializer], request: Request) -> dict[str, Any]:
    body = kind(data=request.data)
    body.is_valid(raise_exception=True)
    return dict(body.validated_data)


def _told(act: Outreach, *, is_new: bool = True) -> Response:
    return Response(ActSerializer(act).data, status.HTTP_201_CREATED if is_new else status.HTTP_200_OK)


def _shown(state: StudentState) -> dict[str, Any]:
    """As the serializer reads it."""
    talks = state.talks
    return {
        **{name: getattr(state, name) for name in StudentState.__dataclass_fields__},
        "chat_summary": {
            "total_questions": talks.total_questions,
            "topics": [{"topic": topic, "count": count} for topic, count in talks.topics],
            "shared_sessions": talks.shared,
        },
    }
