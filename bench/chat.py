#!/usr/bin/env python
"""How soon the assistant says its first word.

    python bench/chat.py [--requests 200]            SQLite, in a folder that goes away
    DATABASE_URL=postgres://… python bench/chat.py    a test database there, made anew and dropped

A course of 300 lessons and 350,000 words is made from a vocabulary whose words are as unevenly frequent as in real
text. Learners ask sentences of it. Measured in this process from the question to the first piece: prepared in the
database, then streamed. The second figure asks a model on loopback that speaks OpenAI's format and answers at once:
what is above it is ours. Prints the machine and p50/p95 in milliseconds.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import random
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
LESSONS, WORDS, VOCABULARY = 300, 350_000, 20_000


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
    make_instructor(teacher, course)
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


def measure(course, learner, asked, requests: int) -> list[float]:
    """Seconds from the question to the first piece, for each request."""
    from django.utils import timezone

    from chat.services.answers import plan_answer

    took = []
    for n in range(requests + 5):  # the first five fill caches
        begun = time.perf_counter()
        plan = plan_answer(asker=learner, course=course, question=asked[n % len(asked)], recent=[], at=timezone.now())
        prepared = time.perf_counter() - begun
        took.append(prepared + asyncio.run(first_piece(plan)))
    return sorted(took[5:])


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
    print("first piece, extractive:", shown(measure(course, learner, asked, requests)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=200)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cairn-bench-") as folder:
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
        os.environ["CAIRN_VAR"] = folder
        import django

        django.setup()
        from django.test.utils import setup_databases, teardown_databases

        made = setup_databases(verbosity=0, interactive=False)
        try:
            run(options.requests)
        finally:
            teardown_databases(made, verbosity=0)


if __name__ == "__main__":
    main()
