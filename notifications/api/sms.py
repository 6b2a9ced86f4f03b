"""`/api/sms/inbound/`: what people answer to our text messages, told by the service that sends them."""

from __future__ import annotations

import hashlib
import hmac
import re

from django.conf import settings
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response

from learning.api.base import ApiView, StrictCharField, StrictSerializer
from notifications.exceptions import BadNumber
from notifications.services.phones import clean_number, withdraw_number

HEADER = "X-Cairn-Signature"
FRESH_SECONDS = 300
_SIGNATURE = re.compile(r"t=([0-9]{1,12}),v1=([0-9a-f]{64})")
STOPS = frozenset({"stop", "stopall", "unsubscribe", "cancel", "end", "quit"})


class InboundSerializer(StrictSerializer):
    sender = StrictCharField(max_length=40)
    text = StrictCharField(max_length=2000, allow_blank=True)


class InboundView(ApiView):
    """One text message that somebody sent us. STOP, in any case, withdraws the consent that stands for its number.

    Signed: `X-Cairn-Signature: t=<seconds since 1970>,v1=<hex of HMAC-SHA256 over "t.body">`, not older than five
    minutes, with the secret of SMS_INBOUND_SECRET. The same message again changes nothing.
    """

    policies = "callback.receive"
    authentication_classes = ()

    @extend_schema(
        operation_id="sms_inbound",
        parameters=[OpenApiParameter(HEADER, str, OpenApiParameter.HEADER, required=True)],
        request=InboundSerializer,
        responses={204: None},
    )
    def post(self, request: Request) -> Response:
        if not _is_signed(request._request.body, request.headers.get(HEADER, ""), now=timezone.now().timestamp()):
            raise exceptions.PermissionDenied
        body = InboundSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        _hear(**body.validated_data)
        return Response(status=204)


def _hear(*, sender: str, text: str) -> None:
    if text.strip().casefold().rstrip(".!") not in STOPS:
        return
    try:
        withdraw_number(clean_number(sender), at=timezone.now())
    except BadNumber:
        return  # a short code or a name: nobody whom we write to


def _is_signed(body: bytes, signature: str, *, now: float) -> bool:
    found = _SIGNATURE.fullmatch(signature)
    if not (settings.SMS_INBOUND_SECRET and found) or abs(now - int(found[1])) > FRESH_SECONDS:
        return False
    signed = hmac.new(settings.SMS_INBOUND_SECRET.encode(), f"{found[1]}.".encode() + body, hashlib.sha256)
    return hmac.compare_digest(signed.hexdigest(), found[2])
