#!/usr/bin/env python
"""What 200 answers that are being streamed cost everybody else: database connections, and the time of a beat.

    DATABASE_URL=postgres://… python bench/chat_streams.py [--streams 200] [--beats 300]

A uvicorn of its own over a test database, and a model on loopback that says a word every two seconds. Beats of other
learners are sent one after the other to the same process, before and while all streams are open. Prints p50 and p95 of
both and their ratio, and how many connections to the database the server holds then.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import sys
import threading
import time
import urllib.request
import uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from bench.throwaway import test_database

EVERY_SECONDS, WORDS = 2.0, 26


class SlowModel:
    """A server in OpenAI's format that says a word every two seconds, to any number at once."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.port, self.open = 0, 0
        self.is_ready = threading.Event()
        threading.Thread(target=self._run, daemon=True).start()
        self.is_ready.wait(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        server = self.loop.run_until_complete(asyncio.start_server(self._answer, "127.0.0.1", 0, backlog=500))
        self.port = server.sockets[0].getsockname()[1]
        self.is_ready.set()
        self.loop.run_forever()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        fields = dict(line.lower().split(b":", 1) for line in head.split(b"\r\n") if b":" in line)
        length = int(fields[b"content-length"])
        await reader.readexactly(length)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n")
        self.open += 1
        try:
            for n in range(WORDS):
                choice = {"index": 0, "delta": {"content": f"word{n} "}, "finish_reason": None}
                chunk = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
                writer.write(f"data: {json.dumps(chunk)}\n\n".encode())
                await writer.drain()
                await asyncio.sleep(EVERY_SECONDS)
        except ConnectionError:
            pass
        finally:
            self.open -= 1
            writer.close()


async def opened(port: int, course: int, keys: list[str]) -> list[asyncio.StreamWriter]:
    """Ask a question with each key, all at once, and come back when each answer has begun."""

    async def one(key: str) -> asyncio.StreamWriter:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        asked = {"course": course, "content": "What is in lesson L1?", "client_message_id": str(uuid.uuid4())}
        body = json.dumps(asked)
        writer.write(
            f"POST /api/chat/sessions/ HTTP/1.1\r\nHost: localhost\r\nAuthorization: Token {key}\r\n"
            f"Accept: text/event-stream\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}".encode()
        )
        said = b""
        while b"event: delta" not in said:
            piece = await asyncio.wait_for(reader.read(4096), 60)
            if not piece or b"503 " in said:
                raise RuntimeError(said.decode())
            said += piece
        return writer

    return list(await asyncio.gather(*(one(key) for key in keys)))


def beats(port: int, keys: list[str], lesson: int, number: int) -> list[float]:
    took = []
    for n in range(number):
        body = {"lesson": lesson, "client_session": str(uuid.uuid4()), "seq": 1, "seconds": 5}
        headers = {"Authorization": f"Token {keys[n % len(keys)]}", "Content-Type": "application/json"}
        url = f"http://127.0.0.1:{port}/api/learner/track-lesson/"
        asked = urllib.request.Request(url, json.dumps(body).encode(), headers)
        begun = time.perf_counter()
        with urllib.request.urlopen(asked, timeout=30) as answer:
            assert answer.status == 200
        took.append(time.perf_counter() - begun)
    return sorted(took[5:])


def connections() -> str:
    """The server's connections to this database, by what they do."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(state, '-'), count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() GROUP BY 1 ORDER BY 1"
        )
        return ", ".join(f"{n} {state}" for state, n in cursor.fetchall()) or "none"


def shown(took: list[float]) -> str:
    return f"p50 {took[len(took) // 2] * 1000:.1f} ms, p95 {took[int(len(took) * 0.95)] * 1000:.1f} ms"


def run(streams: int, number: int) -> None:
    from django.db import transaction
    from django.utils import timezone
    from knox.models import AuthToken

    from chat.services.passages import count_words
    from learning.models import Course, Lesson, Module, User
    from learning.services.enrollment import enroll
    from learning.services.structure import structure_changed
    from tests.streams import elsewhere

    course = Course.objects.create(title="Bench", slug="bench", state="published")
    module = Module.objects.create(course=course, title="Bench")
    for n in range(20):
        body = f"## Lesson L{n}\n\nWhat is in lesson L{n}: words about stones and mortar, number {n}."
        Lesson.objects.create(module=module, title=f"L{n}", slug=f"l{n}", position=n, body=body)
    structure_changed(course, at=timezone.now())
    count_words(course.pk, at=timezone.now())
    course.refresh_from_db()
    keys = []
    with transaction.atomic():
        for n in range(streams + 50):
            learner = User.objects.create_user(f"l{n}@example.org", "x")
            enroll(learner=learner, course=course, at=timezone.now())
            keys.append(AuthToken.objects.create(learner)[1])
    lesson, model = module.lessons.first().pk, SlowModel()
    os.environ |= {
        "ASSISTANT_PROVIDER": "openai",
        "ASSISTANT_BASE_URL": f"http://127.0.0.1:{model.port}/v1",
        "ASSISTANT_MODEL": "stub",
        "ASSISTANT_ALLOW_PRIVATE": "1",
        "ASSISTANT_TOKENS_SITE_A_DAY": str(10**10),
        "ASSISTANT_TOKENS_COURSE_A_DAY": str(10**10),
    }
    with elsewhere() as port:
        asking, beating = keys[:streams], keys[streams:]
        beats(port, beating, lesson, 50)
        quiet, before = beats(port, beating, lesson, number), connections()
        begun = time.perf_counter()
        writers = asyncio.run_coroutine_threadsafe(opened(port, course.pk, asking), model.loop).result(120)
        took = time.perf_counter() - begun
        print(f"{platform.python_version()}, {os.cpu_count()} cores; {streams} streams opened in {took:.1f} s")
        held, still = connections(), model.open
        busy = beats(port, beating, lesson, number)
        print(f"open at the model: {still}, after the beats {model.open}")
        print(f"connections to the database before: {before}; while they are open: {held}")
        print(f"beats before: {shown(quiet)}; while they are open: {shown(busy)}")
        ratio = busy[int(len(busy) * 0.95)] / quiet[int(len(quiet) * 0.95)]
        print(f"ratio of p95: {ratio:.2f}, of p50: {busy[len(busy) // 2] / quiet[len(quiet) // 2]:.2f}")
        for writer in writers:
            model.loop.call_soon_threadsafe(writer.close)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--streams", type=int, default=200)
    parser.add_argument("--beats", type=int, default=300)
    options = parser.parse_args()
    with test_database():
        run(options.streams, options.beats)


if __name__ == "__main__":
    main()
