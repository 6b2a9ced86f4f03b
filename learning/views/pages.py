"""The front page and the help page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from learning.policies import policy
from learning.selectors.catalogue import catalogue

SHOWN_ON_FRONT_PAGE = 3


@policy("public.read")
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    newest = catalogue(request.user).order_by("-published_at", "-id")[:SHOWN_ON_FRONT_PAGE]
    return render(request, "learning/home.html", {"courses": newest})


@policy("public.read")
@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    return render(request, "learning/help.html")
