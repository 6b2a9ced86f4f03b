"""`/api/gamification/challenges/{id}/claim/`."""

from __future__ import annotations

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from gamification.kinds import level_of
from gamification.services.challenges import claim
from learning.api.base import ApiView, NothingSerializer, caller
from learning.api.idempotency import idempotent
from learning.exceptions import Unknown

BIGGEST = 2**63 - 1


class ChallengeSerializer(serializers.Serializer):
    """One of the caller's three of today."""

    id = serializers.IntegerField()
    key = serializers.CharField()
    title = serializers.CharField()
    description = serializers.CharField()
    xp = serializers.IntegerField()
    current = serializers.IntegerField()
    target = serializers.IntegerField()
    state = serializers.ChoiceField(["open", "met", "claimed"])
    expires_at = serializers.DateTimeField(help_text="The caller's midnight")


class ClaimedSerializer(serializers.Serializer):
    xp_awarded = serializers.IntegerField()
    level = serializers.IntegerField()
    xp = serializers.IntegerField()


class ClaimView(ApiView):
    """Be paid for a challenge that is met: once, and before midnight."""

    policies = "challenge.claim"

    @idempotent
    @extend_schema(request=NothingSerializer, responses=ClaimedSerializer)
    def post(self, request: Request, pk: int) -> Response:
        NothingSerializer(data=request.data).is_valid(raise_exception=True)
        if pk > BIGGEST:
            raise Unknown
        paid = claim(learner=caller(request), challenge=pk, at=timezone.now())
        answer = {"xp_awarded": paid.amount, "level": level_of(paid.total).level, "xp": paid.total}
        return Response(ClaimedSerializer(answer).data)
