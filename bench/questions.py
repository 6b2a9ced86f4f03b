#!/usr/bin/env python
"""How long an instructor waits for what a course's learners ask, with 100,000 messages in the course.

    python bench/questions.py                            SQLite, in a folder that goes away
    DATABASE_URL=postgres://… python bench/questions.py   a test database there, made anew and dropped

50,000 questions (or as many as QUESTIONS says) of 2,000 learners over a year, each with its answer, beside as many in
another course. A tenth of the answers found nothing, one in fifty questions was sent to the instructor, one
conversation in ten is shared. Each figure is the median of some repeats in this process, and the number of statements.
"""

from __future__ import annotations

import datetime as dt
import os
import platform
import random
import sys
import time
import uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from bench.throwaway import test_database

LEARNERS, QUESTIONS, REPEATS = 2_000, int(os.environ.get("QUESTIONS", "50000")), 9
SUBJECTS = [
    f"{first} {second}"
    for first in ["lime", "clay", "granite", "brick", "slate", "plaster", "timber", "thatch"]
    for second in ["mortar", "joint", "arch", "wall", "roof", "footing"]
]
ASKED = ("how does {} harden", "why is my {} damp", "explain {} please", "difference between {} and {}", "what is {}")


def fill(course, people, dice: random.Random) -> None:
    """Conversations of two questions each, in bulk, with the words that they are found by."""
    from django.utils import timezone

    from chat.models import Conversation, Findable, Message
    from chat.retrieval.fulltext import marks_of
    from chat.retrieval.words import terms_of

    now = timezone.now()
    weights = [1 / (n + 1) for n in range(len(SUBJECTS))]
    talks, asked, answered, words = [], [], [], []
    for _ in range(QUESTIONS // 2):
        asker, at = dice.choice(people), now - dt.timedelta(minutes=dice.randrange(365 * 24 * 60))
        talk = Conversation(course=course, asker=asker, title="talk", last_message_at=at, is_shared=dice.random() < 0.1)
        talks.append(talk)
        common = {"conversation": talk, "course": course, "asker": asker}
        for n in range(2):
            moment = at + dt.timedelta(minutes=n)
            content = dice.choice(ASKED).format(*dice.choices(SUBJECTS, weights, k=2))
            question = Message(
                **common, role="user", content=content, client_message_id=uuid.uuid4(), created_at=moment
            )
            question.sent_to_instructor_at = moment if dice.random() < 0.02 else None
            status = "unanswered" if dice.random() < 0.1 else "answered"
            answer = Message(**common, role="assistant", content="Words.", answers=question, answer_status=status)
            answer.created_at = moment
            asked.append(question)
            answered.append(answer)
            terms = " ".join([*marks_of(asker=asker.pk, course=course.pk), *terms_of(content, language="en")])
            words.append(Findable(asker=asker, conversation=talk, message=question, terms=terms))
    for model, rows in ((Conversation, talks), (Message, asked), (Message, answered), (Findable, words)):
        model.objects.bulk_create(rows, batch_size=500)


def measure(name: str, act) -> None:
    from django.db import connection, reset_queries

    took = []
    for _ in range(REPEATS):
        reset_queries()
        begun = time.perf_counter()
        act()
        took.append(time.perf_counter() - begun)
    print(f"{name}: {sorted(took)[len(took) // 2] * 1000:.0f} ms, {len(connection.queries)} statements")


def run() -> None:
    from django.conf import settings
    from django.db import connection
    from django.utils import timezone

    from chat.selectors import questions, topics
    from learning.models import Course, User
    from learning.services.people import make_instructor

    settings.DEBUG = True  # so that statements are counted
    print(f"{platform.python_version()}, {os.cpu_count()} cores, {connection.vendor}")
    dice, now = random.Random(5), timezone.now()
    teacher = User.objects.create_user("teacher@example.org", "x")
    people = User.objects.bulk_create(
        User(email=f"l{n}@example.org", display_name=f"L{n}", password="!") for n in range(LEARNERS)
    )
    courses = [
        Course.objects.create(title=slug, slug=slug, state="published", time_zone="Europe/Madrid")
        for slug in ("bench", "other")
    ]
    for course in courses:
        make_instructor(teacher, course, at=now)
        fill(course, people, dice)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    course = courses[0]
    for days in (30, 400):
        between = questions.Between(course, now - dt.timedelta(days=days), now)
        unhelpful = questions.within(questions.unhelpful_answers_of(course), between)
        measure(f"{days} days: how many did not help", unhelpful.count)
        measure(f"{days} days: hours", lambda between=between: questions.hours(between))
        measure(f"{days} days: who asks most", lambda between=between: questions.askers(between, most=10))
        measure(f"{days} days: topics", lambda between=between: topics.topics(between))
    measure("how many wait", questions.waiting(course).count)
    measure("the first 20 who wait", lambda: list(questions.waiting_told(course, teacher)[:20]))
    told = questions.told_questions(course, teacher)
    measure("newest questions that were told", lambda: list(told[:20]))
    measure("newest about one topic", lambda: list(topics.about(told, course, "lime mortar")[:20]))
    print("topics:", ", ".join(f"{t.name} {t.count}" for t in topics.topics(between)[:8]))


def main() -> None:
    with test_database():
        run()


if __name__ == "__main__":
    main()
