"""What upper floors added to an act, as the answer shows it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rest_framework import serializers

from learning.kinds import Effect


class AchievementSerializer(serializers.Serializer):
    """A badge that was earned by this request."""

    key = serializers.CharField()
    title = serializers.CharField()
    description = serializers.CharField()
    icon = serializers.CharField()
    earned_at = serializers.DateTimeField()
    course = serializers.IntegerField(allow_null=True)


class MilestoneSerializer(serializers.Serializer):
    key = serializers.CharField()
    title = serializers.CharField()
    value = serializers.IntegerField()


MOVED_FIELDS: dict[str, serializers.Field] = {
    "new_achievements": AchievementSerializer(many=True),
    "milestones": MilestoneSerializer(many=True),
    "xp_awarded": serializers.IntegerField(),
    "streak": serializers.IntegerField(allow_null=True, help_text="null when this request did not touch it"),
}


def moved(effects: Iterable[Effect]) -> dict[str, Any]:
    """`new_achievements, milestones, xp_awarded, streak` of an answer."""
    effects = list(effects)
    streaks = [e.detail for e in effects if e.kind == "streak"]
    return {
        "new_achievements": [e.detail for e in effects if e.kind == "achievement"],
        "milestones": [e.detail for e in effects if e.kind == "milestone"],
        "xp_awarded": sum(e.detail for e in effects if e.kind == "xp"),
        "streak": streaks[-1] if streaks else None,
    }


def last(effects: Iterable[Effect], kind: str) -> Any:
    """The detail of the last effect of a kind: the state after everything has followed."""
    found = [e.detail for e in effects if e.kind == kind]
    return found[-1] if found else None
