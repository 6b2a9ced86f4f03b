#!/usr/bin/env python
"""How soon the assistant says its first word, and how soon a learner with 10,000 conversations sees them.

    python bench/chat.py [--requests 200]            SQLite, in a folder that goes away
    DATABASE_URL=postgres://… python bench/chat.py    a test database there, made anew and dropped

A course of 300 lessons and 350,000 words is made from a vocabulary whose words are as unevenly frequent as in real
text. Learners ask sentences of it. Measured in this process from the question to the first piece: prepared in the
database, then streamed. The second figure asks a model on loopback that speaks OpenAI's format and answers at once:
what is above it is ours. Then the list of conversations, its 300th page and a search, through the API as one client
asks it in this process. Prints the machine and p50/p95 in milliseconds.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import os
import platform
import random
import sys
import time
import uuid
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from bench.throwaway import test_database

LESSONS, WORDS, VOCABULARY, CONVERSATIONS = 300, 350_000, 20_000, 10_000


def made_course(teacher):
    """The course, and its sentences to ask."""
    from django.utils import timezone

    from learning.models import Course, Lesson, Module
    from learning.services.people import make_instructor
    from learning.services.structure import structure_changed

    rng = random.Random(11)
    letters = "bcdfghklmnprstvz"
    names = [
        "".join(rng.choice(letters) + rng.choice("aeiou") for _ in range(rng.randint(2, 4))) for _ in range(VOCABULARY)
    ]
    weights = [1 / (rank + 3) for rank in range(VOCABULARY)]
    course = Course.objects.create(title="Bench", slug="bench", state="published")
    make_instructor(teacher, course, at=timezone.now())
    module = Module.objects.create(course=course, title="All")
    asked = []
    for n in range(LESSONS):
        words = rng.choices(names, weights, k=WORDS // LESSONS)
        sentences = [" ".join(words[i : i + 14]).capitalize() + "." for i in range(0, len(words), 14)]
        body = "\n\n".join(
            f"## {' '.join(words[i : i + 3])}\n\n" + " ".join(sentences[i : i + 12])
            for i in range(0, len(sentences), 12)
        )
        Lesson.objects.create(module=module, title=f"Lesson {n}", slug=f"l{n}", position=n, body=body)
        asked.append(rng.choice(sentences))
    structure_changed(course, at=timezone.now())
    return course, asked


async def first_piece(plan) -> float:
    from chat.services.answers import stream

    begun = time.perf_counter()
    pieces = stream(plan)
    await anext(pieces)
    took = time.perf_counter() - begun
    async for _ in pieces:
        pass
    return took


def measure(course, learner, asked, requests: int) -> tuple[list[float], list[float]]:
    """Seconds from the question to the first piece, for each request; and how much of it was the way to the piece."""
    from django.utils import timezone

    from chat.services.answers import Question, look_up, reserve

    took, streamed = [], []
    for n in range(requests + 5):  # the first five fill caches
        begun = time.perf_counter()
        now = timezone.now()
        plan = reserve(look_up(Question(learner, course, asked[n % len(asked)]), at=now), at=now)
        prepared = time.perf_counter() - begun
        streamed.append(asyncio.run(first_piece(plan)))
        took.append(prepared + streamed[-1])
    return sorted(took[5:]), sorted(streamed[5:])


def shown(took: list[float]) -> str:
    return f"p50 {took[len(took) // 2] * 1000:.1f} ms, p95 {took[int(len(took) * 0.95)] * 1000:.1f} ms"


def run(requests: int) -> None:
    from django.db import connection
    from django.utils import timezone

    from chat.services.passages import count_words
    from learning.models import User
    from learning.services.enrollment import enroll

    teacher = User.objects.create_user("teacher@example.org", "x")
    learner = User.objects.create_user("learner@example.org", "x")
    begun = time.perf_counter()
    course, asked = made_course(teacher)
    print(f"{platform.python_version()}, {os.cpu_count()} cores, {connection.vendor}")
    print(f"course made: {time.perf_counter() - begun:.1f} s, {course.passages.count()} passages")
    begun = time.perf_counter()
    count_words(course.pk, at=timezone.now())
    print(f"words counted and borders found: {time.perf_counter() - begun:.1f} s")
    enroll(learner=learner, course=course, at=timezone.now())
    print("first piece, extractive:", shown(measure(course, learner, asked, requests)[0]))
    with asking_a_model():
        took, streamed = measure(course, learner, asked, requests)
        print("first piece, a model that answers at once:", shown(took))
        print("of it the way to the model and back:", shown(streamed))
    converse(learner, course)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # what autovacuum does after so many new rows
    measure_lists(learner, course)


@contextmanager
def asking_a_model():
    """A model on loopback in OpenAI's format, with budgets that do not end."""
    from django.test import override_settings

    from tests.chat.model_server import ModelServer, says

    server = ModelServer()
    server.turns = [says(*["word "] * 50)]
    how = {
        "ASSISTANT_PROVIDER": "openai",
        "ASSISTANT_BASE_URL": f"http://127.0.0.1:{server.port}/v1",
        "ASSISTANT_MODEL": "stub",
        "ASSISTANT_ALLOW_PRIVATE": True,
    }
    budgets = dict.fromkeys((f"ASSISTANT_TOKENS_{whose}_A_DAY" for whose in ("LEARNER", "COURSE", "SITE")), 10**12)
    try:
        with override_settings(**how, **budgets):
            yield
    finally:
        server.close()


def converse(learner, course) -> None:
    """Conversations of one learner, each of a question and an answer, in bulk, with the words they are found by."""
    from django.db import connection
    from django.utils import timezone

    from chat.models import Conversation, Findable, Message
    from chat.retrieval.fulltext import marks_of

    now, marks = timezone.now(), " ".join(marks_of(asker=learner.pk, course=course.pk))
    talks, messages, words = [], [], []
    for n in range(CONVERSATIONS):
        at = now - dt.timedelta(minutes=CONVERSATIONS - n)
        title = f"question {n} on mortar{n % 97}"
        talk = Conversation(asker=learner, course=course, title=title, last_message_at=at, created_at=at)
        asked = Message(
            course=course,
            conversation=talk,
            asker=learner,
            role="user",
            content=title,
            client_message_id=uuid.uuid4(),
            created_at=at,
        )
        answer = Message(
            course=course,
            conversation=talk,
            asker=learner,
            role="assistant",
            content=title,
            answers=asked,
            created_at=at,
        )
        talks.append(talk)
        messages += [asked, answer]
        row = {"asker": learner, "conversation": talk, "terms": f"{marks} {title}"}
        words += [Findable(**row), Findable(**row, message=asked), Findable(**row, message=answer)]
    for model, rows in ((Conversation, talks), (Message, messages), (Findable, words)):
        model.objects.bulk_create(rows, batch_size=500)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # what a database does by itself, in time


def measure_lists(learner, course) -> None:
    from django.test import Client

    client = Client()
    client.force_login(learner)

    def took(url: str, times: int) -> list[float]:
        client.get(url)
        found = []
        for _ in range(times):
            begun = time.perf_counter()
            assert client.get(url).status_code == 200
            found.append(time.perf_counter() - begun)
        return sorted(found)

    first = f"/api/chat/sessions/?course={course.pk}"
    print(f"{CONVERSATIONS} conversations, first page:", shown(took(first, 100)))
    deep = first
    for _ in range(299):
        deep = client.get(deep).json()["next"]
    print("page 300:", shown(took(deep, 100)))
    for query in ("mortar42", "question"):
        url = f"/api/chat/search/?course={course.pk}&query={query}"
        print(f"search for what {CONVERSATIONS // 97 if '42' in query else CONVERSATIONS} hold:", shown(took(url, 50)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=200)
    options = parser.parse_args()
    with test_database():
        run(options.requests)


if __name__ == "__main__":
    main()
