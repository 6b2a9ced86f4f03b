"""What every page about a course stands on: whose it is, its address in the admin, its tabs and its range of days.

    @course_page("lessons", at="lessons/", tab=_("Lessons"), order=20)
    def lessons(request: HttpRequest, place: Place) -> HttpResponse:
        return page(request, place, "admin/course/lessons.html", {"rows": …})

The address is `/admin/analytics/courses/<id>/lessons/`, its name `admin:course_lessons`. Whoever does not teach the
course, and is not staff, is told 404. A page without `tab` stands under the tab of another one (`under`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from analytics.kinds.ranges import Period
from analytics.selectors.places import Place, find_place
from learning.admin.base import person
from learning.exceptions import Unknown
from learning.policies import policy

ROOT = "analytics/courses/"
READ = ("GET", "HEAD")
View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class CoursePage:
    """One address under a course. `tab` is what its tab says, if it has one; `under` names the tab it belongs to."""

    name: str
    at: str
    view: View
    tab: Any = None
    order: int = 100
    under: str = ""

    @property
    def address(self) -> str:
        return f"admin:course_{self.name}"


PAGES: dict[str, CoursePage] = {}


def course_page(
    name: str,
    *,
    at: str,
    tab: Any = None,
    order: int = 100,
    under: str = "",
    policies: tuple[str, ...] = ("course.analytics",),
    methods: Iterable[str] = READ,
) -> Callable[[View], View]:
    """Register a page. It gets the request, the place, and what else stands in its address."""

    def register(view: View) -> View:
        @require_http_methods(list(methods))
        @policy(*policies)
        @wraps(view)
        def enter(request: HttpRequest, course: int, **more: Any) -> HttpResponse:
            try:
                place = find_place(person(request), course, request.GET, at=timezone.now())
            except Unknown as unknown:
                raise Http404 from unknown
            # Times stand on these pages in the zone that their days and hours are counted in.
            with timezone.override(place.course.time_zone):
                return view(request, place, **more)

        enter.methods = tuple(methods)  # type: ignore[attr-defined]
        PAGES[name] = CoursePage(name, at, enter, tab, order, under or name)
        return view

    return register


def course_urls(site: Any) -> list[URLPattern]:
    """The addresses of all pages, for the admin's site."""
    return [
        path(f"{ROOT}<id:course>/{one.at}", site.admin_view(one.view), name=f"course_{one.name}")
        for one in PAGES.values()
    ]


@dataclass(frozen=True)
class Tab:
    title: Any
    url: str
    is_current: bool


def tabs(place: Place, current: str) -> list[Tab]:
    """The tabs of a course's pages; the range goes along from one to the next."""
    shown = sorted((one for one in PAGES.values() if one.tab), key=lambda one: one.order)
    return [
        Tab(one.tab, f"{reverse(one.address, args=[place.course.pk])}?{place.range.query}", one.name == current)
        for one in shown
    ]


def page(
    request: HttpRequest, place: Place, template: str, context: dict[str, Any], *, name: str, title: Any = ""
) -> HttpResponse:
    """Render a page of the course within the admin. `name` is the page's own, `title` what it is about."""
    current = PAGES[name].under
    shown = {
        **admin.site.each_context(request),
        "title": place.course.title,
        "subtitle": title or PAGES[current].tab,
        "place": place,
        "course": place.course,
        "range": place.range,
        "tabs": tabs(place, current),
        "periods": [one for one in Period if one is not Period.CUSTOM],
        "here": request.path,
        # What a form has to send along so that the range stays.
        "range_fields": [pair.split("=") for pair in place.range.query.split("&")],
        **context,
    }
    return render(request, template, shown)
