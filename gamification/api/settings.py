"""`/api/gamification/settings/`, `/vacations/`, `/calendar/`: what learners decide, and what became of their days."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from gamification.models import Pause
from gamification.models.switches import PIECES
from gamification.selectors.days import streak_calendar
from gamification.selectors.settings import settings_of
from gamification.services.goals import set_session_goals
from gamification.services.pauses import end_vacation, plan_rest_days, plan_vacation
from gamification.services.switches import choose_alias, turn
from gamification.walk import DayState
from learning.api.base import (
    ApiView,
    StrictBooleanField,
    StrictCharField,
    StrictSerializer,
    WholeNumberField,
    caller,
)
from learning.api.idempotency import idempotent
from learning.exceptions import Unknown

MOST_DAYS = 366
BIGGEST = 2**63 - 1


class SwitchesSerializer(StrictSerializer):
    """What is shown and told."""

    streaks = StrictBooleanField(required=False)
    challenges = StrictBooleanField(required=False)
    boards = StrictBooleanField(required=False)
    toasts = StrictBooleanField(required=False)
    badges = StrictBooleanField(required=False)
    xp = StrictBooleanField(required=False)


class VacationSerializer(StrictSerializer):
    id = serializers.IntegerField(read_only=True)
    first_day = serializers.DateField()
    last_day = serializers.DateField()


class GamificationSettingsSerializer(StrictSerializer):
    """Goals, switches, the alias on boards, rest days (Monday is 0) and vacations to come."""

    daily_goal = WholeNumberField(min_value=1, max_value=500, required=False)
    weekly_goal = WholeNumberField(min_value=1, max_value=500, required=False)
    switches = SwitchesSerializer(required=False)
    alias = StrictCharField(max_length=24, required=False, allow_null=True, allow_blank=True)
    rest_days = serializers.ListField(child=WholeNumberField(min_value=0, max_value=6), max_length=7, required=False)
    vacations = VacationSerializer(many=True, read_only=True)
    vacation_days_left = serializers.IntegerField(read_only=True, help_text="of this calendar year")


class SettingsView(ApiView):
    """The caller's own choices. A change of rest days counts from their next day on."""

    policies = {"get": "goal.read", "patch": "goal.write"}

    @extend_schema(operation_id="gamification_settings", responses=GamificationSettingsSerializer)
    def get(self, request: Request) -> Response:
        return Response(GamificationSettingsSerializer(_answer(request)).data)

    @extend_schema(
        operation_id="gamification_settings_update",
        request=GamificationSettingsSerializer,
        responses=GamificationSettingsSerializer,
    )
    def patch(self, request: Request) -> Response:
        body = GamificationSettingsSerializer(data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        asked, learner, now = body.validated_data, caller(request), timezone.now()
        with transaction.atomic():  # all of it or nothing
            set_session_goals(learner=learner, daily=asked.get("daily_goal"), weekly=asked.get("weekly_goal"), at=now)
            if "switches" in asked:
                turn(learner=learner, switches=asked["switches"], at=now)
            if "alias" in asked:
                choose_alias(learner=learner, alias=asked["alias"] or "")
            if "rest_days" in asked:
                plan_rest_days(learner=learner, weekdays=asked["rest_days"], at=now)
        return Response(GamificationSettingsSerializer(_answer(request)).data)


def _answer(request: Request) -> dict[str, Any]:
    found = settings_of(caller(request), at=timezone.now())
    return {
        "daily_goal": found.daily_goal,
        "weekly_goal": found.weekly_goal,
        "switches": {piece: getattr(found.shown, piece) for piece in PIECES},
        "alias": found.alias,
        "rest_days": sorted(found.rest_days),
        "vacations": found.vacations,
        "vacation_days_left": found.vacation_days_left,
    }


class VacationsView(ApiView):
    """Plan a vacation, from tomorrow on: nothing is asked on its days."""

    policies = "streak.write"

    @idempotent
    @extend_schema(operation_id="vacation_plan", request=VacationSerializer, responses={201: VacationSerializer})
    def post(self, request: Request) -> Response:
        body = VacationSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        made = plan_vacation(learner=caller(request), at=timezone.now(), **body.validated_data)
        return Response(VacationSerializer(made).data, status=status.HTTP_201_CREATED)


class VacationView(ApiView):
    """Come home early: what has not come yet is taken back."""

    policies = "streak.write"

    @extend_schema(operation_id="vacation_end", responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        mine = Pause.objects.filter(learner=caller(request), kind=Pause.Kind.VACATION)
        vacation = mine.select_related("learner").filter(pk=min(pk, BIGGEST)).first()
        if vacation is None:
            raise Unknown
        end_vacation(vacation, at=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


class StreakDaySerializer(serializers.Serializer):
    day = serializers.DateField()
    state = serializers.ChoiceField([str(state) for state in DayState])


class CalendarView(ApiView):
    """What each of the caller's last days was to their streak, oldest first."""

    policies = "badges.read"

    @extend_schema(
        operation_id="gamification_calendar",
        parameters=[OpenApiParameter("days", int, description="1 to 366; 84 unless said otherwise.")],
        responses=StreakDaySerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        learner = caller(request)
        found = streak_calendar(learner, today=learner.day_at(timezone.now()), days=_days(request))
        return Response(StreakDaySerializer(found, many=True).data)


def _days(request: Request) -> int:
    asked = request.query_params.get("days", "84")
    if not (asked.isascii() and asked.isdecimal() and len(asked) < 4 and 1 <= int(asked) <= MOST_DAYS):
        raise exceptions.ValidationError({"days": "Must be 1 to 366."})
    return int(asked)
