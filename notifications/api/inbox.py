"""`/api/notifications/`: the caller's own inbox."""

from __future__ import annotations

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from learning.api.base import ApiView, NewestFirst, NothingSerializer, caller
from learning.api.idempotency import idempotent
from learning.models import User
from notifications.models import Notification, NotificationQuerySet
from notifications.selectors.inbox import unread_count
from notifications.services import inbox

FLAGS = {"true": True, "1": True, "false": False, "0": False}


class NotificationSerializer(serializers.ModelSerializer):
    """What happened, in the words of its moment; `url` is a path of this site."""

    class Meta:
        model = Notification
        fields = ("id", "kind", "key", "title", "body", "url", "created_at", "read_at")
        read_only_fields = fields


class UnreadSerializer(serializers.Serializer):
    unread = serializers.IntegerField()


@extend_schema(
    parameters=[OpenApiParameter("unread", bool, description="`true`: unread ones only; `false`: read ones only")]
)
class NotificationsView(ApiView, generics.ListAPIView):
    """Newest first."""

    policies = "inbox.read"
    serializer_class = NotificationSerializer
    pagination_class = NewestFirst
    queryset = Notification.objects.none()

    def get_queryset(self) -> NotificationQuerySet:
        rows = Notification.objects.of(caller(self.request))
        wanted = self.request.query_params.get("unread", "")
        if not wanted:
            return rows
        if wanted not in FLAGS:
            raise exceptions.ValidationError({"unread": _("Must be true or false.")})
        return rows.filter(read_at__isnull=FLAGS[wanted])


class UnreadCountView(ApiView):
    """How many the caller has not read."""

    policies = "inbox.read"

    @extend_schema(operation_id="notifications_unread_count", responses=UnreadSerializer)
    def get(self, request: Request) -> Response:
        return _unread(caller(request))


class ReadView(ApiView):
    """Mark one as read. Again: the same answer."""

    policies = "inbox.write"

    @extend_schema(operation_id="notifications_read", request=NothingSerializer, responses=UnreadSerializer)
    def post(self, request: Request, pk: int) -> Response:
        NothingSerializer(data=request.data).is_valid(raise_exception=True)
        notification = Notification.objects.of(caller(request)).filter(pk=pk).first()
        if notification is None:
            raise Http404
        inbox.read(notification, at=timezone.now())
        return _unread(caller(request))


class ReadAllView(ApiView):
    """Mark everything as read that is there now."""

    policies = "inbox.write"

    @idempotent
    @extend_schema(operation_id="notifications_read_all", request=NothingSerializer, responses=UnreadSerializer)
    def post(self, request: Request) -> Response:
        NothingSerializer(data=request.data).is_valid(raise_exception=True)
        inbox.read_all(caller(request), at=timezone.now())
        return _unread(caller(request))


def _unread(learner: User) -> Response:
    return Response(UnreadSerializer({"unread": unread_count(learner)}).data)
