"""`/api/gamification/profile/` and `/xp/`."""

from __future__ import annotations

from dataclasses import asdict

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from gamification.api.challenges import ChallengeSerializer
from gamification.models import XPEntry
from gamification.selectors.achievements import earned_badges
from gamification.selectors.profile import profile
from gamification.services.challenges import challenges_of
from learning.api.base import ApiView, NewestFirst, caller
from learning.api.effects import AchievementSerializer


class ProfileSerializer(serializers.Serializer):
    """Level and XP, streak and badges of the caller."""

    level = serializers.IntegerField()
    xp = serializers.IntegerField()
    level_xp = serializers.IntegerField(help_text="XP at which this level began")
    next_level_xp = serializers.IntegerField(help_text="XP at which the next one begins")
    current_streak = serializers.IntegerField()
    longest_streak = serializers.IntegerField()
    freezes = serializers.IntegerField()
    last_active_day = serializers.DateField(allow_null=True)
    badges = AchievementSerializer(many=True)
    challenges = ChallengeSerializer(many=True)


class ProfileView(ApiView):
    """What the caller has come to."""

    policies = "badges.read"

    @extend_schema(responses=ProfileSerializer)
    def get(self, request: Request) -> Response:
        now = timezone.now()
        state = profile(caller(request), at=now)
        answer = {
            **asdict(state.level),
            "current_streak": state.current_streak,
            "longest_streak": state.longest_streak,
            "freezes": state.freezes,
            "last_active_day": state.last_active_day,
            "badges": earned_badges(caller(request)),
            "challenges": [c.as_json for c in challenges_of(caller(request), at=now)],
        }
        return Response(ProfileSerializer(answer).data)


class XPEntrySerializer(serializers.ModelSerializer):
    """One line of the ledger."""

    class Meta:
        model = XPEntry
        fields = ["id", "amount", "rule", "reason", "source", "created_at", "day"]


class XPView(ApiView, generics.ListAPIView):
    """The caller's ledger, newest first."""

    policies = "xp.read"
    serializer_class = XPEntrySerializer
    pagination_class = NewestFirst
    queryset = XPEntry.objects.none()

    def get_queryset(self) -> QuerySet[XPEntry]:
        return XPEntry.objects.filter(learner=self.request.user.pk)
