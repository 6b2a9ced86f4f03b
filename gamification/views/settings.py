"""`/settings/motivation/`: goals, rest days, vacation, what is shown, and the name on boards."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gamification.exceptions import AliasTaken, BadAlias
from gamification.forms import MotivationForm, VacationForm
from gamification.models import Pause
from gamification.selectors.settings import settings_of
from gamification.services.goals import set_session_goals
from gamification.services.pauses import end_vacation, plan_rest_days, plan_vacation
from gamification.services.switches import choose_alias, turn
from learning.exceptions import Refused
from learning.policies import policy

if TYPE_CHECKING:
    from learning.models import User

BIGGEST = 2**63 - 1


@policy("goal.read", "goal.write")
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def motivation(request: HttpRequest) -> HttpResponse:
    learner = cast("User", request.user)
    chosen = settings_of(learner, at=timezone.now())
    form = MotivationForm.of(chosen, request.POST or None)
    if request.method == "POST" and form.is_valid() and _save(form, learner, chosen.rest_days):
        messages.success(request, _("Saved."))
        return redirect("gamification:motivation")
    context = {"form": form, "chosen": chosen, "vacation": VacationForm()}
    return render(request, "gamification/motivation.html", context)


def _save(form: MotivationForm, learner: User, resting: frozenset[int]) -> bool:
    """All of it or nothing; what is wrong with the alias is said at its field."""
    asked, now = form.cleaned_data, timezone.now()
    try:
        with transaction.atomic():
            choose_alias(learner=learner, alias=asked["alias"])
            set_session_goals(learner=learner, daily=asked["daily_goal"], weekly=asked["weekly_goal"], at=now)
            turn(learner=learner, switches=form.switches, at=now)
            if set(asked["rest_days"]) != resting:
                plan_rest_days(learner=learner, weekdays=asked["rest_days"], at=now)
    except (AliasTaken, BadAlias) as refused:
        form.add_error("alias", refused.detail)
    return not form.errors


@policy("streak.write")
@require_POST
@login_required
def vacation(request: HttpRequest) -> HttpResponse:
    """Plan one."""
    form = VacationForm(request.POST)
    try:
        if form.is_valid():
            plan_vacation(learner=cast("User", request.user), at=timezone.now(), **form.cleaned_data)
            messages.success(request, _("Enjoy it. Your streak waits."))
        else:
            messages.warning(request, _("Give the first and the last day."))
    except Refused as refused:
        messages.warning(request, refused.detail)
    return redirect("gamification:motivation")


@policy("streak.write")
@require_POST
@login_required
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what has not come yet."""
    mine = Pause.objects.filter(learner=cast("User", request.user), kind=Pause.Kind.VACATION)
    found = mine.select_related("learner").filter(pk=min(pk, BIGGEST)).first()
    if found is None:
        raise Http404
    end_vacation(found, at=timezone.now())
    messages.success(request, _("Taken back from tomorrow on."))
    return redirect("gamification:motivation")
