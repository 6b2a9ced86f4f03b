"""Assistant: what learners ask, what it could not answer, and answering them here."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from analytics.admin.base import course_page, page
from analytics.selectors.assistant import RECENT, Usage, told_in, usage, waiting_for
from analytics.selectors.places import Place
from chat.models import Message
from chat.services.instructors import answer_question, look_into, take_back_answer
from learning.exceptions import Refused, Unknown

WAITING = 10
LONGEST = 4000
LONGEST_TOPIC = 200
LEVELS = 4
WEEKDAYS = [
    (1, _("Monday")),
    (2, _("Tuesday")),
    (3, _("Wednesday")),
    (4, _("Thursday")),
    (5, _("Friday")),
    (6, _("Saturday")),
    (7, _("Sunday")),
]


@course_page("assistant", at="assistant/", tab=_("Assistant"), order=50, methods=("GET", "HEAD", "POST"))
def assistant(request: HttpRequest, place: Place) -> HttpResponse:
    """The page; and what is answered on it."""
    if request.method == "POST":
        return _act(request, place)
    topic = request.GET.get("topic", "").replace("\x00", "")[:LONGEST_TOPIC]
    found = usage(place)
    waiting, told = list(waiting_for(place)[:WAITING]), list(told_in(place, topic=topic)[:RECENT])
    look_into({one.pk: one for one in [*waiting, *told]}.values(), reader=place.viewer, at=place.at)
    context = {
        "usage": found,
        "waiting": waiting,
        "told": told,
        "topic": topic,
        "most_asked": max((one.count for one in found.topics), default=0),
        "week": _week(found),
        "peak_day": dict(WEEKDAYS)[found.peak.weekday] if found.peak else "",
        "longest": LONGEST,
    }
    return page(request, place, "admin/course/assistant.html", context, name="assistant")


def _act(request: HttpRequest, place: Place) -> HttpResponse:
    """Answer, or take an answer back, and come back to where it was done. What may not be read is not there."""
    question = _question(request, place)
    try:
        if request.POST.get("act") == "take_back":
            is_done = take_back_answer(question=question, instructor=place.viewer, at=place.at)
            said = _("Your answer was taken back.") if is_done else _("There is no answer of yours.")
        else:
            text = request.POST.get("text", "").replace("\x00", "")[:LONGEST]
            answer_question(question=question, instructor=place.viewer, text=text, at=place.at)
            said = _(
                "Your answer stands in the learner's conversation. From now on the assistant finds it for everybody."
            )
        messages.success(request, said)
    except Unknown as unknown:
        raise Http404 from unknown
    except Refused as refused:
        messages.error(request, refused.detail)
    return redirect(f"{reverse('admin:course_assistant', args=[place.course.pk])}?{place.range.query}")


def _question(request: HttpRequest, place: Place) -> Message:
    try:
        pk = uuid.UUID(request.POST.get("question", ""))
    except ValueError as nonsense:
        raise Http404 from nonsense
    found = Message.objects.told_to(place.viewer).filter(course=place.course, pk=pk).first()
    if found is None:
        raise Http404
    return found


def _week(found: Usage) -> list[tuple[Any, list[dict[str, int]]]]:
    """A row for each weekday: 24 hours with their questions, and how dark they are (0 to 4) beside the busiest."""
    counts = {(one.weekday, one.hour): one.count for one in found.hours}
    most = max(counts.values(), default=1)
    return [
        (
            name,
            [
                {"hour": hour, "count": n, "level": -(-LEVELS * n // most)}
                for hour in range(24)
                for n in [counts.get((day, hour), 0)]
            ],
        )
        for day, name in WEEKDAYS
    ]
