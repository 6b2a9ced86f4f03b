"""The assistant of a course: a page of its own, and the same as a panel beside a lesson."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, cast

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from chat.kinds import AnswerStatus, MessageStatus, Role
from chat.models import Conversation, Message
from chat.rendering import render as as_html
from chat.selectors.asking import may_ask
from chat.selectors.conversations import group_of, lesson_of, name_of, newest_after, newest_before, readings_of
from chat.selectors.search import search
from chat.services.sharing import see_news
from learning import zones
from learning.models import Course, Lesson
from learning.policies import policy
from learning.selectors.outline import enrollment_of

if TYPE_CHECKING:
    from typing import Any

    from django.http import HttpRequest, HttpResponse

    from chat.models import ConversationQuerySet
    from learning.models import User

PER_PAGE = 20
SHOWN = 50
LONGEST = 4000
LONGEST_QUERY = 200
# What a script asks for instead of the whole page.
PARTS = {"panel": "chat/talk.html", "list": "chat/list.html", "messages": "chat/messages.html"}


@policy("chat.ask")
@require_safe
@never_cache
@login_required
def assistant(request: HttpRequest, slug: str) -> HttpResponse:
    """Earlier conversations on the left, the open one beside them.

    Whoever may not ask is led to the course; who has left it still reads what they asked. Opening a conversation makes
    what instructors wrote in it seen.
    """
    asker, now = cast("User", request.user), timezone.now()
    course = Course.objects.of(asker).filter(slug=slug).first()
    if course is None:
        raise Http404
    rows = Conversation.objects.of(asker).filter(course=course)
    is_learner = enrollment_of(asker, course) is not None
    asks = is_learner or may_ask(asker, course)
    if not asks and not rows.exists():
        return redirect(course)
    part = request.GET.get("part", "")
    is_panel = part == "panel" or "panel" in request.GET
    chosen = _one(rows, request.GET.get("session", ""))
    context = {
        "course": course,
        "page": reverse("chat:assistant", args=[course.slug]),
        "open": chosen,
        "may_ask": asks,
        "is_panel": is_panel,
        "heading": "h3" if is_panel else "h2",
        "longest": LONGEST,
        "lesson": _lesson(request, asker, course),
        "can_send": is_learner,
    }
    if part != "messages":
        context |= _list(request, rows, course, now=now)
    if part != "list":
        context |= _thread(request, chosen, now=now)
    if chosen and part != "list" and request.method == "GET":
        see_news(chosen, at=now)
    with timezone.override(zones.zone(asker.zone_at(now))):  # times as the learner's clock had them
        return render(request, PARTS.get(part, "chat/assistant.html"), context)


def _list(request: HttpRequest, rows: ConversationQuerySet, course: Course, *, now: dt.datetime) -> dict[str, Any]:
    """Twenty conversations, the last one first, each with the heading that it begins; or what was searched for."""
    asker = cast("User", request.user)
    query = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST_QUERY]
    last = _one(rows, request.GET.get("after", ""))
    page = list(newest_after(rows.with_news(), last)[: PER_PAGE + 1])
    group = group_of(last, asker, at=now) if last else None
    shown = []
    for row in page[:PER_PAGE]:
        before, group = group, group_of(row, asker, at=now)
        shown.append({"one": row, "head": group if group != before else None})
    return {
        "query": query,
        "hits": search(asker=asker, query=query, course=course.pk) if query else None,
        "conversations": shown,
        "more_after": page[PER_PAGE - 1].pk if len(page) > PER_PAGE else None,
    }


def _thread(request: HttpRequest, chosen: Conversation | None, *, now: dt.datetime) -> dict[str, Any]:
    """The newest messages, oldest first, or those before one of them; and who else opened the conversation."""
    if chosen is None:
        return {"messages_of": []}
    before = _one(chosen.messages.all(), request.GET.get("before", ""))
    rows = newest_before(chosen.messages.select_related("answers", "author", "replies_to"), before)
    page = list(rows[: SHOWN + 1])
    replied = set(chosen.messages.filter(role=Role.INSTRUCTOR).values_list("replies_to", flat=True))
    shown = [_shown(message, now, is_replied=message.answers_id in replied) for message in reversed(page[:SHOWN])]
    return {
        "messages_of": shown,
        "earlier": page[SHOWN - 1].pk if len(page) > SHOWN else None,
        "readings": readings_of(chosen),
    }


def _one(rows: Any, asked: str) -> Any:
    """The row of this id; None when none is asked for."""
    if not asked:
        return None
    try:
        found = rows.filter(pk=uuid.UUID(asked)).first()
    except ValueError:
        found = None
    if found is None:
        raise Http404
    return found


def _lesson(request: HttpRequest, asker: User, course: Course) -> Lesson | None:
    asked = request.GET.get("lesson", "")
    is_number = asked.isascii() and asked.isdecimal() and len(asked) < 19
    return lesson_of(asker, course, int(asked)) if is_number else None


def _shown(message: Message, now: dt.datetime, *, is_replied: bool) -> dict[str, Any]:
    question, status = message.answers, message.status_at(now)
    is_whole = message.role == Role.ASSISTANT and status == MessageStatus.COMPLETE
    is_sent = bool(question and question.sent_to_instructor_at)
    is_doubtful = message.answer_status in (AnswerStatus.UNANSWERED, AnswerStatus.PARTIAL)
    return {
        "message": message,
        "html": as_html(message.content),
        "citations": [{**one, "clock": clock(one["second"])} for one in message.citations],
        "is_question": message.role == Role.USER,
        "is_instructor": message.role == Role.INSTRUCTOR,
        "is_new": message.role == Role.INSTRUCTOR and message.seen_at is None,
        "author": name_of(message.author),
        "is_coming": status == MessageStatus.STREAMING,
        "is_cut": status in (MessageStatus.INTERRUPTED, MessageStatus.FAILED),
        "is_sent": is_sent and not is_replied,
        "offers_instructor": is_whole
        and not is_sent
        and not is_replied
        and (is_doubtful or message.feedback == Message.Feedback.DOWN),
        "question": question,
    }


def clock(second: int | None) -> str:
    """75 as 1:15."""
    return "" if second is None else f"{second // 60}:{second % 60:02}"
