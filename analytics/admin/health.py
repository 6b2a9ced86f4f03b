"""All courses that somebody teaches, each with how it is doing: the door to the pages of one."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from learning.admin.base import person
from learning.policies import policy
from learning.selectors.teaching import courses_to_manage

MOST = 100


@require_safe
@policy("admin.enter")
def health(request: HttpRequest) -> HttpResponse:
    """The courses, newest first."""
    courses = list(courses_to_manage(person(request))[: MOST + 1])
    context = {
        **admin.site.each_context(request),
        "title": _("Course analytics"),
        "courses": courses[:MOST],
        "has_more": len(courses) > MOST,
    }
    return render(request, "admin/course/health.html", context)
