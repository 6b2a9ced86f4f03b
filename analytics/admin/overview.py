"""Overview: the course's health in a minute."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from analytics.admin.base import course_page, page
from analytics.selectors.overview import overview as course_overview
from analytics.selectors.places import Place


@course_page("overview", at="", tab=_("Overview"), order=10)
def overview(request: HttpRequest, place: Place) -> HttpResponse:
    return page(request, place, "admin/course/overview.html", {"state": course_overview(place)}, name="overview")
