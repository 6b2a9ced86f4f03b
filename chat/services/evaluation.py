"""How well the assistant answers: questions whose lesson is known, asked through the service that answers learners."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Q

from chat.kinds import Answer, AnswerStatus
from chat.services.answers import Plan, Question, look_up, reserve, settle, stream
from learning.models import Course, Lesson, User


@dataclass(frozen=True)
class Asked:
    """One question and what came of it. `cited` are lessons by their path in the course's source, best first."""

    id: str
    cited: list[str]
    sections: list[str]
    refused: bool
    seconds: float


def evaluate(course: Course, questions: Iterable[tuple[str, str]], *, at: dt.datetime) -> Iterator[Asked]:
    """Ask each (id, question) as a member of the course's team, with nothing but its text."""
    asker = member_of_the_team(course)
    paths = dict(Lesson.objects.filter(course=course).values_list("pk", "source_path"))
    for name, question in questions:
        begin = time.perf_counter()
        plan = reserve(look_up(Question(asker, course, question), at=at), at=at)
        answer = asyncio.run(_whole(plan))
        seconds = time.perf_counter() - begin
        settle(plan, answer, at=at)
        cited = dict.fromkeys(paths[c.lesson] for c in answer.citations if c.lesson in paths)
        yield Asked(
            id=name,
            cited=list(cited),
            sections=[c.heading or c.title for c in answer.citations],
            refused=answer.status == AnswerStatus.UNANSWERED,
            seconds=round(seconds, 4),
        )


def member_of_the_team(course: Course) -> User:
    """An instructor of the course, or a superuser where it has none."""
    team = User.objects.filter(Q(courses_taught=course) | Q(is_superuser=True), is_active=True)
    return team.order_by("is_superuser", "pk").distinct()[:1].get()


async def _whole(plan: Plan) -> Answer:
    pieces = [piece async for piece in stream(plan)]
    last = pieces[-1]
    assert isinstance(last, Answer)  # noqa: S101  (what `stream` promises)
    return last
