"""Live streams over a real server: whoever is told, when, once, and who is no longer."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import queue
import random
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from learning.services.completion import complete_lesson
from learning.signals import act
from notifications.kinds import EventKind
from notifications.live import bell, following
from notifications.live.hub import BREATH_SECONDS, hub, read
from notifications.models import LiveEvent
from notifications.selectors.stream import News, look, newest_place
from notifications.services.stream import forget_events, publish
from tests import streams
from tests.builders import Person, a_beat, lessons_of
from tests.streams import Listener

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def told(person: Person, *numbers: int) -> None:
    """Publish an event for each of these numbers, in a transaction each."""
    for n in numbers:
        data = {"key": "test", "title": "Test", "value": n}
        publish([LiveEvent(person=person.user, kind=EventKind.MILESTONE, data=data, created_at=timezone.now())])


def values(page: Listener, count: int) -> list[int]:
    return [page.next().data["value"] for _ in range(count)]


@pytest.fixture(scope="module")
def nothing_more():
    """How long a test waits to be sure that nothing comes: longer than a look takes."""
    return 1.5


def test_what_another_process_does_is_told_within_two_seconds(alice, bob, course, at_alice, nothing_more):
    with (
        streams.elsewhere() as port,
        closing(Listener(port, alice)) as page,
        closing(Listener(port, bob)) as others,
    ):
        assert page.answer.getheader("Content-Type").startswith("text/event-stream")
        page.begun(), others.begun()
        started = time.monotonic()
        complete_lesson(enrollment=at_alice, lesson=lessons_of(course)[0], at=timezone.now())
        came = [page.next()]
        while came[-1].kind != "stats":  # an act says last that its numbers moved
            came.append(page.next())
        assert time.monotonic() - started < 2
        assert {e.kind for e in came} == {"achievement", "milestone", "notification", "stats"}
        stats = came[-1].data
        assert stats["stats"]["total_sessions"] == stats["goals"]["daily_progress"] == 1
        assert stats["level"]["xp"] == 10
        with pytest.raises(queue.Empty):
            others.next(nothing_more)


def test_who_asks_for_the_head_of_a_stream_holds_none(alice):
    key = alice.client.cookies[settings.SESSION_COOKIE_NAME].value
    with streams.here() as port, closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as asking:
        for _ in range(2):  # the second is answered on the same connection: the first has ended
            asking.request("HEAD", "/api/events/", headers={"Cookie": f"{settings.SESSION_COOKIE_NAME}={key}"})
            answer = asking.getresponse()
            assert (answer.status, answer.getheader("Content-Type")) == (200, "text/event-stream")
            answer.read()


def test_study_on_another_device_is_told_to_its_learner_and_writes_no_event(alice, bob, course, at_alice, nothing_more):
    before = LiveEvent.objects.count()
    with (
        streams.elsewhere() as port,
        closing(Listener(port, alice)) as page,
        closing(Listener(port, bob)) as others,
    ):
        page.begun(), others.begun()
        for seq in (1, 2):
            beat = a_beat(lessons_of(course)[0], seconds=1, seq=seq, session=str(uuid.UUID(int=7)))
            answer = alice.post("/api/learner/track-lesson/", beat)
            assert answer.status_code == 200
            told_by = page.next(2)
            assert (told_by.kind, told_by.data) == ("studied", {})
            with pytest.raises(queue.Empty):  # nothing was credited since: nothing is told again
                page.next(nothing_more)
        with pytest.raises(queue.Empty):
            others.next(0.01)
    assert LiveEvent.objects.count() == before


def test_a_page_that_comes_back_again_and_again_misses_nothing_and_hears_nothing_twice(alice, bob):
    """Cut at random moments, also in the middle of an event, while events go on, and others are told things too."""
    chance, heard, place, sent = random.Random(7), [], None, 0
    told(alice, -1)  # before anybody listens
    with streams.elsewhere() as port:
        for _ in range(25):
            with closing(Listener(port, alice, after=place)) as page:
                page.begun()
                place = page.place if place is None else place
                more = chance.randrange(1, 9)
                told(alice, *range(sent, sent + more))
                sent += more
                for _ in range(chance.randrange(0, more + 1)):
                    event = page.next()
                    heard.append(event.data["value"])
                    place = event.place
            told(bob, 1000 + sent)  # while Alice is away
        with closing(Listener(port, alice, after=place)) as page:
            heard += values(page, sent - len(heard))
            told(alice, sent)
            assert values(page, 1) == [sent]
    assert heard == list(range(sent))


def test_a_page_that_opens_while_the_table_is_looked_at_misses_nothing(alice, bob):
    """The look under way asks for Bob alone; what Alice is told meanwhile must reach the page that she opens meanwhile."""
    gate = threading.Event()
    told(alice, 0)
    before = newest_place()

    def tell() -> None:
        told(alice, 1)
        connection.close()  # this thread's own

    async def story() -> list[str]:
        here, heard = hub(), []
        bobs = await here.join(bob.user.pk)
        held = [asyncio.ensure_future(read(gate.wait)) for _ in range(2)]  # all the threads that look
        await asyncio.sleep(0)
        here.wake()
        await asyncio.sleep(2 * BREATH_SECONDS)  # a look has begun, and waits for a thread
        frames = following.follow(alice.user.pk, after=before, may_listen=lambda: True)
        page = asyncio.ensure_future(anext(frames))
        await asyncio.to_thread(tell)
        gate.set()
        heard.append((await page).decode())
        with contextlib.suppress(TimeoutError):
            while '"value":1' not in "".join(heard):
                heard.append((await asyncio.wait_for(anext(frames), streams.PATIENCE_SECONDS)).decode())
        await frames.aclose()
        here.leave(bobs)
        await asyncio.gather(*held)
        return heard

    assert "".join(asyncio.run(story())).count('"value":1') == 1


def test_a_page_that_knows_more_than_this_process_goes_on_where_it_is(alice, bob):
    """It was told by another process, and this one has not looked since."""
    told(alice, 0)

    def tell() -> int:
        told(alice, 1)
        place = newest_place()
        connection.close()  # this thread's own
        return place

    async def story() -> str:
        here = hub()
        bobs = await here.join(bob.user.pk)
        await asyncio.sleep(2 * BREATH_SECONDS)  # the first look is over
        bell.listeners.discard(here.wake)  # the next one comes by the clock
        place = await asyncio.to_thread(tell)
        frames = following.follow(alice.user.pk, after=place, may_listen=lambda: True)
        first = await anext(frames)
        await frames.aclose()
        here.leave(bobs)
        return first.decode()

    assert [line for line in asyncio.run(story()).splitlines() if line.startswith("event")] == ["event: begun"]


def test_a_place_that_is_no_longer_known_makes_the_page_load_anew(alice):
    told(alice, 1, 2, 3)
    first = LiveEvent.objects.order_by("pk")[0].pk
    with streams.here() as port:
        for unknown in (10**9, "none"):
            with closing(Listener(port, alice, after=unknown)) as page:
                assert page.next().kind == "reset"
                told(alice, 4)
                assert values(page, 1) == [4]
        LiveEvent.objects.update(created_at="2020-01-01T00:00Z")
        forget_events(at=timezone.now())
        with closing(Listener(port, alice, after=first)) as page:
            assert page.next().kind == "reset"
        newest = LiveEvent.objects.get().pk
        with closing(Listener(port, alice, after=newest)) as page:
            page.begun()
            told(alice, 5)
            assert values(page, 1) == [5]


def test_the_sixth_page_takes_the_turn_of_the_oldest(alice):
    with streams.here() as port:
        pages = [Listener(port, alice).begun() for _ in range(6)]
        assert pages[0].next().kind == "full"
        assert pages[0].next() is None
        told(alice, 1)
        assert [values(page, 1) for page in pages[1:]] == [[1]] * 5
        # Nor does each keep a thread, as a request does while it is answered.
        assert sum(thread.name.startswith("ThreadPoolExecutor") for thread in threading.enumerate()) < 5
        for page in pages:
            page.close()


def test_whoever_signs_out_is_told_no_more(alice, monkeypatch):
    monkeypatch.setattr(following, "BEAT_SECONDS", (0.3, 0.5))
    with streams.here() as port, closing(Listener(port, alice).begun()) as page:
        told(alice, 1)
        assert values(page, 1) == [1]
        alice.client.logout()
        assert page.next() is None


def test_whoever_is_deactivated_is_told_no_more(alice, monkeypatch):
    monkeypatch.setattr(following, "BEAT_SECONDS", (0.3, 0.5))
    with streams.here() as port, closing(Listener(port, alice).begun()) as page:
        alice.user.is_active = False
        alice.user.save()
        assert page.next() is None


def test_open_streams_hold_no_connection_to_the_database(alice, bob):
    if connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL, which can say who is connected")
    with streams.elsewhere() as port:
        pages = [Listener(port, person).begun() for person in (alice, bob) * 5]
        told(alice, 1)
        assert all(values(page, 1) == [1] for page in pages[::2])
        # The pool keeps one idle connection for the process, however many streams there are.
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            assert cursor.fetchone()[0] <= 2
        for page in pages:
            page.close()


def test_visitors_are_refused(anonymous):
    with streams.here() as port, closing(http.client.HTTPConnection("127.0.0.1", port)) as visitor:
        visitor.request("GET", "/api/events/", headers={"Accept": "text/event-stream"})
        answer = visitor.getresponse()
        assert answer.status == 401
        assert answer.getheader("Content-Type") == "application/problem+json"


def test_a_process_that_holds_no_streams_says_when_to_poll(alice):
    answer = alice.get("/api/events/")
    assert (answer.status_code, answer["Retry-After"]) == (204, "25")


def test_without_the_bell_a_page_is_told_all_the_same(alice, settings):
    settings.REDIS_URL = f"redis://127.0.0.1:{streams.free_port()}/0"  # nobody listens there
    with streams.here() as port, closing(Listener(port, alice).begun()) as page:
        listeners = set(bell.listeners)
        bell.listeners.clear()
        told(alice, 1)
        assert values(page, 1) == [1]
        bell.listeners.update(listeners)


def test_what_is_committed_late_is_not_passed_by_what_was_committed_before(alice, bob):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite writes one transaction after the other")
    told(alice, 0)
    place, people = newest_place(), [alice.user.pk, bob.user.pk]
    with ThreadPoolExecutor(1) as elsewhere, transaction.atomic():
        told(alice, 1)
        elsewhere.submit(_told_and_gone, bob, 2).result(20)
        early = elsewhere.submit(_look_and_go, place, people).result(20)
        assert (early.events, early.is_all) == ([], False)
        assert elsewhere.submit(_place_and_go).result(20) == place
    late = look(after=early.place, people=people, at=timezone.now())
    assert [one.data["value"] for one in late.events] == [1, 2]
    assert late.is_all


def test_what_was_rolled_back_is_not_told_and_what_stands_is_told_once(alice):
    with transaction.atomic(), act():
        told(alice, 1)
        with contextlib.suppress(InterruptedError), transaction.atomic():
            told(alice, 2)
            raise InterruptedError
        told(alice, 3)
    told(alice, 4)
    assert [row.data["value"] for row in LiveEvent.objects.of(alice.user).order_by("pk")] == [1, 3, 4]


def _told_and_gone(person: Person, number: int) -> None:
    told(person, number)
    connection.close()


def _look_and_go(place: int, people: list[int]) -> News:
    try:
        return look(after=place, people=people, at=timezone.now())
    finally:
        connection.close()


def _place_and_go() -> int:
    try:
        return newest_place()
    finally:
        connection.close()
