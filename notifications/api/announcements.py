"""`/api/notifications/send/`: staff and instructors tell people something."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from learning.api.base import ApiView, StrictCharField, StrictSerializer, WholeNumberField, caller
from learning.api.idempotency import idempotent
from learning.models import Course, User
from notifications.kinds import Kind
from notifications.models import Announcement
from notifications.services.announcements import To, announce, draft

BIGGEST = 2**63 - 1
WAYS = ("user", "course", "segment")
MOST_DAYS = 3650


class WordsSerializer(StrictSerializer):
    """What an announcement says."""

    title = StrictCharField(max_length=200)
    message = StrictCharField(max_length=2000)


class SegmentSerializer(StrictSerializer):
    """Of a course's learners, or of all people (staff), those who stand so; `days` belongs to `inactive`."""

    name = serializers.ChoiceField(Announcement.Segment.choices)
    course = WholeNumberField(min_value=1, max_value=BIGGEST, required=False)
    days = WholeNumberField(min_value=1, max_value=MOST_DAYS, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if (attrs["name"] == Announcement.Segment.INACTIVE) != ("days" in attrs):
            raise exceptions.ValidationError({"days": _("Needed for `inactive`, and only there.")})
        return attrs


class SendSerializer(StrictSerializer):
    """Exactly one of `user`, `course` and `segment`; without `send_at` it is sent now."""

    kind = serializers.ChoiceField([Kind.ANNOUNCEMENT.value])
    user = WholeNumberField(min_value=1, max_value=BIGGEST, required=False)
    course = WholeNumberField(min_value=1, max_value=BIGGEST, required=False)
    segment = SegmentSerializer(required=False)
    context = WordsSerializer()  # type: ignore[assignment]  # fields leave the class
    send_at = serializers.DateTimeField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if sum(way in attrs for way in WAYS) != 1:
            raise exceptions.ValidationError(_("Name one of user, course and segment."))
        return attrs


class QueuedSerializer(serializers.Serializer):
    """How many people it reaches, as things stand now."""

    queued = serializers.IntegerField()


class SendView(ApiView):
    """Tell one person, a course's learners or a segment. One person has it in their inbox with this answer."""

    policies = "announcement.send"

    @idempotent
    @extend_schema(operation_id="notifications_send", request=SendSerializer, responses={202: QueuedSerializer})
    def post(self, request: Request) -> Response:
        sender = caller(request)
        if not (sender.is_staff_member or sender.is_instructor):
            raise exceptions.PermissionDenied
        body = SendSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        now, sent = timezone.now(), body.validated_data
        written = draft(sender=sender, to=_to(sender, sent), send_at=sent.get("send_at"), at=now, **sent["context"])
        return Response(QueuedSerializer({"queued": announce(written, at=now).expected}).data, status=202)


def _to(sender: User, sent: dict[str, Any]) -> To:
    if "user" in sent:
        return To(person=_found(User.objects.filter(pk=sent["user"], is_active=True).first()))
    if "course" in sent:
        return To(course=_course(sender, sent["course"]), segment=Announcement.Segment.EVERYONE)
    segment = sent["segment"]
    course = _course(sender, segment["course"]) if "course" in segment else None
    return To(course=course, segment=segment["name"], days=segment.get("days"))


def _course(sender: User, pk: int) -> Course:
    return _found(Course.objects.managed_by(sender).filter(pk=pk).first())


def _found(thing: Any) -> Any:
    if thing is None:
        raise Http404
    return thing
