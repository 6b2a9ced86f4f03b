"""The catalogue: a form that works without JavaScript; with it, only the results are fetched."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from learning.models import Category, Course
from learning.policies import policy
from learning.selectors.catalogue import CourseFilter, catalogue
from learning.templatetags.words import language_name

PER_PAGE = 12
CHIPS = ("category", "level", "language", "duration")


@policy("catalogue.read")
@require_safe
def courses(request: HttpRequest) -> HttpResponse:
    found = CourseFilter(request.GET, queryset=catalogue(request.user))  # type: ignore[no-untyped-call]
    page = Paginator(found.qs, PER_PAGE).get_page(request.GET.get("page"))
    only_results = request.htmx and not request.htmx.history_restore_request  # type: ignore[attr-defined]
    template = "learning/catalogue_results.html" if only_results else "learning/catalogue.html"
    context: dict[str, Any] = {"found": found, "page": page, **_choices(found)}
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _choices(found: CourseFilter) -> dict[str, Any]:
    """What each chip offers, and which are set now, in words, with the name of what removes them."""
    published = Course.objects.published()
    categories = Category.objects.filter(Exists(published.filter(category=OuterRef("pk"))))
    languages = published.order_by("language").values_list("language", flat=True).distinct()
    options = {
        "category": [(c.slug, c.name) for c in categories],
        "level": list(found.filters["level"].extra["choices"]),
        "language": [(code, language_name(code)) for code in languages],
        "duration": list(found.filters["duration"].extra["choices"]),
    }
    chips = [
        {"name": name, "label": found.filters[name].label, "options": options[name], "value": found.data.get(name, "")}
        for name in CHIPS
    ]
    return {"chips": chips, "active": _active(found, chips), "orderings": found.filters["ordering"].extra["choices"]}


def _active(found: CourseFilter, chips: list[dict[str, Any]]) -> list[dict[str, str]]:
    words = found.data.get("search", "").strip()
    active = [{"name": "search", "word": f"“{words}”"}] if words else []
    for chip in chips:
        names = {value: str(word) for value, word in chip["options"]}
        if chip["value"]:
            active.append({"name": chip["name"], "word": names.get(chip["value"], chip["value"])})
    return active
