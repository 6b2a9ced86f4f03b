"""The ledger, the boards, a challenge's claim, and the badge that somebody shares."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gamification.models import BadgeShare
from gamification.selectors.boards import board, course_with_board
from gamification.selectors.ledger import ledger
from gamification.selectors.profile import profile
from gamification.selectors.today import shown_to
from gamification.services.challenges import claim
from gamification.services.sharing import share_badge, stop_sharing
from learning.exceptions import NotEnrolled, Refused, Unknown
from learning.models import Enrollment
from learning.policies import policy

if TYPE_CHECKING:
    from learning.models import User

BIGGEST = 2**63 - 1


@policy("xp.read")
@require_safe
@login_required
def xp(request: HttpRequest) -> HttpResponse:
    """Why do I have these points?"""
    learner = cast("User", request.user)
    if not shown_to(learner).xp:
        return render(request, "gamification/xp_off.html")
    before = request.GET.get("before", "")
    number = int(before) if before.isascii() and before.isdecimal() and len(before) < 19 else None
    level = profile(learner, at=timezone.now()).level
    context = {
        "level": level,
        "in_level": max(0, level.xp - level.level_xp),
        "of_level": level.next_level_xp - level.level_xp,
        "to_next": level.next_level_xp - max(level.xp, 0),
        "ledger": ledger(learner, before=number),
        "is_first": number is None,
    }
    return render(request, "gamification/xp.html", context)


@policy("board.read")
@require_safe
@login_required
def site_board(request: HttpRequest) -> HttpResponse:
    return _board(request)


@policy("board.course")
@require_safe
@login_required
def course_board(request: HttpRequest, slug: str) -> HttpResponse:
    try:
        course = course_with_board(cast("User", request.user), slug=slug)
    except Unknown:
        raise Http404 from None
    except NotEnrolled:
        return redirect("learning:course", slug=slug)
    return _board(request, course=course)


def _board(request: HttpRequest, **of: Any) -> HttpResponse:
    learner = cast("User", request.user)
    found = board(learner, at=timezone.now(), **of)
    most = max((place.xp for place in found.entries), default=0)
    mine = Enrollment.objects.of(learner).select_related("course", "course__switches").order_by("course__title")
    context = {
        "board": found,
        "most": max(most, 1),
        "course": of.get("course"),
        "courses": [e.course for e in mine if getattr(getattr(e.course, "switches", None), "boards", True)],
    }
    return render(request, "gamification/board.html", context)


@policy("challenge.claim")
@require_POST
@login_required
def claim_challenge(request: HttpRequest, pk: int) -> HttpResponse:
    learner = cast("User", request.user)
    try:
        paid = claim(learner=learner, challenge=min(pk, BIGGEST), at=timezone.now())
        words = _("%(xp)d XP are yours.") if shown_to(learner).xp else _("Challenge met. Well done.")
        messages.success(request, words % {"xp": paid.amount})
    except Unknown:
        raise Http404 from None
    except Refused as refused:
        messages.warning(request, refused.detail)
    return redirect("analytics:my_learning")


@policy("badges.share")
@require_POST
@login_required
def share(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the address of a badge, change the name on it, or take it back."""
    learner, number = cast("User", request.user), min(pk, BIGGEST)
    try:
        if request.POST.get("stop"):
            stop_sharing(learner=learner, earned=number, at=timezone.now())
            messages.success(request, _("The badge is no longer shared."))
        else:
            name = request.POST.get("name", "")
            share_badge(learner=learner, earned=number, name=name, at=timezone.now())
            messages.success(request, _("The badge has an address of its own now."))
    except Unknown:
        raise Http404 from None
    except Refused as refused:
        messages.warning(request, refused.detail)
    return redirect("analytics:achievements")


@policy("public.read")
@require_safe
def shared_badge(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """For anybody with the address: the badge, the date and the name that its holder chose. Search engines stay out."""
    found = BadgeShare.objects.open().select_related("earned__badge").filter(pk=key).first()
    if found is None or not found.earned.badge:
        raise Http404
    answer = render(request, "gamification/shared_badge.html", {"share": found, "badge": found.earned.badge})
    answer["X-Robots-Tag"] = "noindex, nofollow"
    return answer
