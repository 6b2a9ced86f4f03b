"""A crowd before the process that serves streams: it waits its turn, and hears it when the wait is too long."""

from __future__ import annotations

import asyncio
import json

from config.turns import Turns

PEOPLE = 30


class Busy:
    """An application whose answers begin when `may_begin` is set, and end when `may_end` is."""

    def __init__(self) -> None:
        self.may_begin, self.may_end = asyncio.Event(), asyncio.Event()
        self.at_work = self.most = self.open = 0

    async def __call__(self, scope, receive, send):
        self.at_work += 1
        self.most = max(self.most, self.at_work)
        await self.may_begin.wait()
        self.at_work -= 1
        if scope["path"] == "/broken/":
            raise RuntimeError
        await send({"type": "http.response.start", "status": 200, "headers": []})
        self.open += 1
        await self.may_end.wait()
        await send({"type": "http.response.body", "body": b"done"})


async def asked(app, path="/api/chat/sessions/"):
    """Status, headers and body of an answer."""
    said = []

    async def send(message):
        said.append(message)

    async def receive():
        await asyncio.Event().wait()

    await app({"type": "http", "path": path}, receive, send)
    body = b"".join(message.get("body", b"") for message in said[1:])
    return said[0]["status"], dict(said[0]["headers"]), body


async def settled():
    """What can go on has gone on."""
    for _ in range(5 * PEOPLE):
        await asyncio.sleep(0)


def test_a_crowd_is_worked_on_a_few_at_a_time_and_everybody_is_answered():
    async def crowd():
        busy = Busy()
        app = Turns(busy, at_once=3)
        people = [asyncio.create_task(asked(app)) for _ in range(PEOPLE)]
        await settled()
        assert busy.at_work == 3
        busy.may_begin.set()
        busy.may_end.set()
        answers = await asyncio.gather(*people)
        assert {status for status, _, _ in answers} == {200}
        assert busy.most == 3

    asyncio.run(crowd())


def test_an_open_stream_takes_no_turn():
    async def streams():
        busy = Busy()
        app = Turns(busy, at_once=3)
        busy.may_begin.set()
        people = [asyncio.create_task(asked(app)) for _ in range(PEOPLE)]
        await settled()
        assert busy.open == PEOPLE
        busy.may_end.set()
        await asyncio.gather(*people)

    asyncio.run(streams())


def test_a_view_that_waits_for_somebody_else_may_end_its_turn_early():
    async def waiting():
        busy = Busy()

        async def app(scope, receive, send):
            scope["end_turn"]()
            await busy(scope, receive, send)

        turns = Turns(app, at_once=1)
        people = [asyncio.create_task(asked(turns)) for _ in range(3)]
        await settled()
        assert busy.at_work == 3
        busy.may_begin.set()
        busy.may_end.set()
        await asyncio.gather(*people)
        assert turns.room._value == 1  # no turn was given back twice

    asyncio.run(waiting())


def test_what_fails_gives_its_turn_back():
    async def failures():
        busy = Busy()
        app = Turns(busy, at_once=1)
        busy.may_begin.set()
        busy.may_end.set()
        for _ in range(3):
            (failed,) = await asyncio.gather(asked(app, "/broken/"), return_exceptions=True)
            assert isinstance(failed, RuntimeError)
        assert (await asked(app))[0] == 200

    asyncio.run(failures())


def test_who_waits_too_long_is_told_when_to_try_again():
    async def impatient():
        busy = Busy()
        app = Turns(busy, at_once=1, patience=0)
        first = asyncio.create_task(asked(app))
        await settled()
        status, headers, body = await asked(app)
        assert (status, headers[b"retry-after"], headers[b"content-type"]) == (503, b"5", b"application/problem+json")
        assert json.loads(body)["code"] == "busy"
        status, headers, body = await asked(app, "/my-learning/")
        assert (status, headers[b"content-type"]) == (503, b"text/plain; charset=utf-8")
        assert b"Try again" in body
        busy.may_begin.set()
        busy.may_end.set()
        assert (await first)[0] == 200

    asyncio.run(impatient())
