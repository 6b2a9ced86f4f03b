"""Lessons: which of them lose people, and in which minute."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from analytics.admin.base import course_page, page
from analytics.selectors.lessons import (
    LessonFigures,
    figures_of,
    lesson_figures,
    minutes_of,
    questions_about,
    stand_out,
)
from analytics.selectors.places import Place
from learning.models import Lesson

# What the table can be sorted by; the greatest first, but for the order of the course.
SORTS: dict[str, tuple[Any, Callable[[LessonFigures], float]]] = {
    "views": (_("Views"), lambda one: one.views),
    "viewers": (_("Viewers"), lambda one: one.viewers),
    "completions": (_("Completions"), lambda one: one.completions),
    "lesson_completion_rate": (_("Rate"), lambda one: one.completion_rate),
    "average_seconds": (_("Average time"), lambda one: one.average_seconds),
    "drop_off_rate": (_("Drop-off"), lambda one: one.drop_off_rate),
}


@course_page("lessons", at="lessons/", tab=_("Lessons"), order=20)
def lessons(request: HttpRequest, place: Place) -> HttpResponse:
    everything = lesson_figures(place)
    module = request.GET.get("module", "")
    shown = [one for one in everything if str(one.module_id) == module] or everything
    sort = request.GET.get("sort", "")
    if sort in SORTS:
        shown = sorted(shown, key=SORTS[sort][1], reverse=True)
    context = {
        "lessons": shown,
        "problems": sorted((one for one in shown if one.flags), key=lambda one: -one.drop_off_rate)[:3],
        "modules": list({one.module_id: one.module for one in everything}.items()),
        "module": module,
        "sort": sort,
        "columns": [(key, word) for key, (word, _key) in SORTS.items()],
    }
    return page(request, place, "admin/course/lessons.html", context, name="lessons")


@course_page("lesson", at="lessons/<id:lesson>/", under="lessons")
def lesson(request: HttpRequest, place: Place, lesson: int) -> HttpResponse:
    found = Lesson.objects.filter(course=place.course, pk=lesson).select_related("module", "course").first()
    if found is None:
        raise Http404
    figures = figures_of(place, found)
    questions, asked = questions_about(found)
    minutes = minutes_of(found, asked)
    context = {
        "lesson": found,
        "figures": figures,
        "minutes": minutes,
        "stands_out": stand_out(minutes),
        "questions": questions,
        "drawn": [[one.minute, one.plays, one.rewatches, one.stops, one.questions] for one in minutes],
    }
    return page(request, place, "admin/course/lesson.html", context, name="lesson", title=found.title)
