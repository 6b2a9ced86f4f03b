"""Arranging the cards of My learning: by buttons, so that hands, keys and readers do it the same way."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from analytics.kinds import Card, Move
from analytics.selectors.layout import layout_of
from analytics.services import layout as services
from learning.policies import policy

if TYPE_CHECKING:
    from learning.models import User


@require_safe
@policy("dashboard.read")
@login_required
@never_cache
def cards(request: HttpRequest) -> HttpResponse:
    """All cards in their order, hidden ones too."""
    return _page(request, "analytics/cards.html")


@require_POST
@policy("dashboard.write")
@login_required
def arrange(request: HttpRequest) -> HttpResponse:
    """One act: `up:badges`, `hide:streak` … or `reset`; the list as it is then."""
    learner, act, now = cast("User", request.user), request.POST.get("act", ""), timezone.now()
    move, _, card = act.partition(":")
    if act == "reset":
        services.reset(learner=learner, at=now)
    elif move in Move.values and card in Card.values:
        services.arrange(learner=learner, card=Card(card), move=Move(move), at=now)
    else:
        return HttpResponse(status=HTTPStatus.BAD_REQUEST)
    if not getattr(request, "htmx", False):
        return redirect("analytics:cards")
    return _page(request, "analytics/card_list.html", moved=card)


def _page(request: HttpRequest, template: str, *, moved: str = "") -> HttpResponse:
    answer = render(request, template, {"cards": layout_of(cast("User", request.user)), "moved": moved})
    patch_vary_headers(answer, ["HX-Request"])
    return answer
