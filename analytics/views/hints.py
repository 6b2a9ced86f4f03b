"""What a learner sees of it first: a kind word about where they are, and who looked at their learning."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from analytics.models import RiskFlag
from analytics.selectors.hints import hints_of, readings_of
from analytics.services.care import answer_away
from learning.exceptions import Refused
from learning.policies import policy

if TYPE_CHECKING:
    from learning.models import User

A_PAGE = 50


class AwayForm(forms.Form):
    """The last day of the holiday."""

    until = forms.DateField()


@require_safe
@policy("hint.read")
@login_required
@never_cache
def hints(request: HttpRequest) -> HttpResponse:
    """A part of My learning; empty where there is nothing to say."""
    learner = cast("User", request.user)
    found = hints_of(learner, at=timezone.now())
    return render(request, "analytics/hints.html", {"hints": found})


@require_POST
@policy("hint.answer")
@login_required
def away(request: HttpRequest, pk: int) -> HttpResponse:
    """On holiday until a day: a vacation from tomorrow on, and nobody asks."""
    learner, now = cast("User", request.user), timezone.now()
    flag = RiskFlag.objects.of(learner).select_related("learner").filter(pk=pk).first()
    if flag is None:
        raise Http404
    form = AwayForm(request.POST)
    try:
        if not form.is_valid():
            raise Refused(_("Choose the last day of your holiday."))
        if answer_away(flag=flag, until=form.cleaned_data["until"], at=now):
            messages.success(request, _("Enjoy your holiday. Your streak rests, and nobody asks about you."))
        else:
            messages.success(request, _("Enjoy your holiday. Nobody asks about you; your streak rests as planned."))
    except Refused as refused:
        messages.error(request, refused.detail)
    return redirect("analytics:my_learning")


@require_safe
@policy("reading.read")
@login_required
@never_cache
def readers(request: HttpRequest) -> HttpResponse:
    """Who opened this person's page in a course, when."""
    rows = readings_of(cast("User", request.user))
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    return render(request, "analytics/readers.html", {"page": page})
