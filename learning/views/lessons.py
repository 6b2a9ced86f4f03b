"""A lesson's page and its further pages."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from learning.kinds import LessonKind
from learning.models import Course, Lesson, PracticeAttempt, SubPage
from learning.policies import policy
from learning.selectors.outline import around, outline, stops_of
from learning.selectors.progress import lesson_state
from learning.services import tracking
from learning.views.access import Standing, Visit, visit, with_course
from learning.views.courses import tell

SHOWN_ATTEMPTS = 10
SPEEDS = (0.5, 0.75, 1, 1.25, 1.5, 2, 3, 4)
PLAYABLE = (".mp4", ".webm", ".m4v", ".ogv")


@policy("lesson.read", "lesson.preview", "lesson.draft", "lesson.complete")
@require_http_methods(["GET", "HEAD", "POST"])
@with_course
def lesson(request: HttpRequest, course: Course, lesson_slug: str) -> HttpResponse:
    """Read, watch or practise. A POST asks for completion, for pages without JavaScript."""
    here = visit(request.user, course, lesson_slug)
    if here.standing is Standing.OUTSIDE:
        return _invite(request, here)
    if request.method == "POST":
        return _complete(request, here)
    if here.is_tracked:
        tracking.record_view(learner=_learner(request), lesson=here.lesson, at=timezone.now())
    return render(request, "learning/lesson.html", _lesson_context(request, here))


@policy("lesson.read", "lesson.preview", "lesson.draft")
@require_safe
@with_course
def sub_page(request: HttpRequest, course: Course, lesson_slug: str, page_slug: str) -> HttpResponse:
    """A further page of a lesson, for whoever may read the lesson. Time spent here is time in the lesson."""
    here = visit(request.user, course, lesson_slug)
    if here.standing is Standing.OUTSIDE:
        return _invite(request, here)
    page = SubPage.objects.filter(lesson=here.lesson, slug=page_slug).first()
    if page is None:
        raise Http404
    return render(request, "learning/sub_page.html", {**_context(request, here), "page": page})


def _learner(request: HttpRequest) -> Any:
    return request.user


def _invite(request: HttpRequest, here: Visit) -> HttpResponse:
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    context = {"course": here.course, "lesson": here.lesson}
    return render(request, "learning/lesson_closed.html", context, status=403)


def _complete(request: HttpRequest, here: Visit) -> HttpResponse:
    if not here.is_tracked:
        raise PermissionDenied
    done, missing = tracking.ask_completion(learner=_learner(request), lesson=here.lesson, at=timezone.now())
    if missing:
        messages.info(request, _("Not yet: the line at the foot of the page says what is missing."))
    elif done and done.is_new:
        messages.success(request, _("Lesson completed."))
        tell(request, done.effects)
    return redirect(here.lesson.get_absolute_url())


def _context(request: HttpRequest, here: Visit) -> dict[str, Any]:
    """What a lesson and its further pages share: the outline and where the learner stands in it."""
    is_preview = here.standing is Standing.PREVIEW
    parts = outline(here.course, request.user, with_drafts=is_preview)
    attempts = _attempts(request, here)
    stop = next((s for s in stops_of(parts) if s.lesson.pk == here.lesson.pk), None)
    return {
        "course": here.course,
        "lesson": here.lesson,
        "enrollment": here.enrollment,
        "is_tracked": here.is_tracked,
        "is_preview": is_preview,
        "is_guest": here.standing is Standing.GUEST,
        "parts": parts,
        "attempts": attempts[:SHOWN_ATTEMPTS],
        "ranges": json.dumps(stop.progress.ranges if stop and stop.progress else []),
        "state": lesson_state(stop.progress if stop else None, here.lesson, best_score=_best(attempts)),
    }


def _lesson_context(request: HttpRequest, here: Visit) -> dict[str, Any]:
    context = _context(request, here)
    before, after = around(context["parts"], here.lesson)
    return {
        **context,
        "before": before,
        "after": after,
        "sub_pages": here.lesson.sub_pages.defer("body", "html"),
        "video_is_playable": _is_playable(here.lesson),
        "speeds": SPEEDS,
    }


def _best(attempts: list[PracticeAttempt]) -> float | None:
    return max((float(a.score) for a in attempts if a.score is not None), default=None)


def _is_playable(lesson: Lesson) -> bool:
    """Whether a plain player can show it: our own file, or an address that ends in a format that browsers play."""
    return bool(lesson.video_file) or lesson.video_url.partition("?")[0].lower().endswith(PLAYABLE)


def _attempts(request: HttpRequest, here: Visit) -> list[PracticeAttempt]:
    if here.lesson.kind != LessonKind.PRACTICE or not here.is_tracked:
        return []
    mine = PracticeAttempt.objects.of(_learner(request)).finished().filter(lesson=here.lesson)
    return list(mine.defer("answers", "results").order_by("-finished_at"))
