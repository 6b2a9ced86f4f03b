"""The assistant of a course on a page of its own."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, cast

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from chat.kinds import AnswerStatus, MessageStatus, Role
from chat.models import Conversation, Message
from chat.rendering import render as as_html
from chat.selectors.asking import may_ask
from chat.selectors.conversations import group_of
from chat.selectors.search import search
from learning.models import Course
from learning.policies import policy

if TYPE_CHECKING:
    from typing import Any

    from django.http import HttpRequest, HttpResponse

    from learning.models import User

PER_PAGE = 20
SHOWN = 100
LONGEST_QUERY = 200


@policy("chat.ask")
@require_safe
@never_cache
@login_required
def assistant(request: HttpRequest, slug: str) -> HttpResponse:
    """Earlier conversations on the left, the open one beside them. Whoever may not ask is led to the course."""
    asker, now = cast("User", request.user), timezone.now()
    course = Course.objects.of(asker).filter(slug=slug).first()
    if course is None:
        raise Http404
    if not may_ask(asker, course):
        return redirect(course)
    rows = Conversation.objects.of(asker).filter(course=course).order_by("-last_message_at", "-id")
    chosen = _chosen(request, rows)
    start = _number(request.GET.get("from", ""))
    page = list(rows[start : start + PER_PAGE + 1])
    query = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST_QUERY]
    context = {
        "course": course,
        "query": query,
        "hits": search(asker=asker, query=query, course=course.pk) if query else None,
        "conversations": [(group_of(row, asker, at=now), row) for row in page[:PER_PAGE]],
        "more_from": start + PER_PAGE if len(page) > PER_PAGE else None,
        "open": chosen,
        "messages_of": [_shown(m, now) for m in _messages(chosen)] if chosen else [],
    }
    return render(request, "chat/assistant.html", context)


def _chosen(request: HttpRequest, rows: Any) -> Conversation | None:
    asked = request.GET.get("session", "")
    if not asked:
        return None
    try:
        found = rows.filter(pk=uuid.UUID(asked)).first()
    except ValueError:
        found = None
    if found is None:
        raise Http404
    return cast("Conversation", found)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else 0


def _messages(conversation: Conversation) -> list[Message]:
    """The newest ones, oldest first."""
    newest = conversation.messages.select_related("answers").order_by("-created_at", "-id")[:SHOWN]
    return list(reversed(list(newest)))


def _shown(message: Message, now: dt.datetime) -> dict[str, Any]:
    question = message.answers
    return {
        "message": message,
        "html": as_html(message.content),
        "is_question": message.role == Role.USER,
        "is_cut": message.status_at(now) in (MessageStatus.INTERRUPTED, MessageStatus.FAILED),
        "is_unanswered": message.answer_status == AnswerStatus.UNANSWERED,
        "question": question,
    }
