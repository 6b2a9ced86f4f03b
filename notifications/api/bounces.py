"""`/api/notifications/bounces/`: what a mail server or provider says about addresses, signed."""

from __future__ import annotations

import hashlib
import hmac

from django.conf import settings
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from learning.api.base import ApiView, StrictCharField, StrictSerializer
from notifications.services.addresses import note_bounce

TOLERANCE_SECONDS = 300


class BounceSerializer(StrictSerializer):
    """One address that refuses our mail for good, or whose owner complained."""

    address = StrictCharField(max_length=254)
    kind = serializers.ChoiceField(["bounce", "complaint"])
    reason = StrictCharField(max_length=500, required=False, allow_blank=True)


class BouncesSerializer(StrictSerializer):
    events = serializers.ListField(child=BounceSerializer(), max_length=500)


class BouncesView(ApiView):
    """Believed when `X-Cairn-Signature` is the HMAC-SHA256 (hex) of timestamp, a full stop and the body."""

    policies = "callback.receive"
    authentication_classes = ()

    @extend_schema(exclude=True)
    def post(self, request: Request) -> Response:
        if not _is_signed(request):
            raise exceptions.PermissionDenied
        body = BouncesSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        now = timezone.now()
        known = sum(
            note_bounce(event["address"], event.get("reason") or event["kind"], at=now)
            for event in body.validated_data["events"]
        )
        return Response({"known": known})


def _is_signed(request: Request) -> bool:
    """Whether somebody who knows the secret said exactly this, within the last five minutes."""
    stamp = request.headers.get("X-Cairn-Timestamp", "")
    if not settings.BOUNCE_SECRET or not (stamp.isascii() and stamp.isdecimal() and len(stamp) < 12):
        return False
    if abs(timezone.now().timestamp() - int(stamp)) > TOLERANCE_SECONDS:
        return False
    said = stamp.encode() + b"." + request._request.body
    expected = hmac.new(settings.BOUNCE_SECRET.encode(), said, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), request.headers.get("X-Cairn-Signature", "").encode())
