"""Video: what counts as watched, played again and stopped, and what cannot have been watched."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
import time_machine

from learning.models import LessonProgress, PlayedMinute, StudyTime
from tests.builders import a_beat, a_lesson, enrolled

URL = "/api/learner/track-lesson/"
NOON = dt.datetime(2026, 3, 10, 12, 0, 0, tzinfo=dt.UTC)


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def film(course, alice):
    """A film of five minutes in a course that Alice took up the day before."""
    enrolled(alice.user, course, at=NOON - dt.timedelta(days=1))
    return a_lesson(course.modules.get(), title="Film", kind="video", duration_seconds=300)


class Tab:
    """One tab that sends beats about one film, each `after` seconds after the one before."""

    def __init__(self, person, film, clock):
        self.person, self.film, self.clock = person, film, clock
        self.key, self.seq = str(uuid.uuid4()), 0

    def plays(self, *ranges, after=10, **fields):
        self.clock.shift(after)
        return self.person.post(URL, self.beat(ranges, seconds=after, **fields))

    def beat(self, ranges, *, seconds=10, **fields):
        self.seq += 1
        fields.setdefault("position", max([end for _, end in ranges], default=0))
        return a_beat(
            self.film, seq=self.seq, session=self.key, seconds=seconds, ranges=[list(r) for r in ranges], **fields
        )


@pytest.fixture
def tab(alice, film, clock):
    return Tab(alice, film, clock)


def minute(n: int) -> tuple[int, int, int]:
    row = PlayedMinute.objects.filter(minute=n).first()
    return (row.plays, row.rewatches, row.stops) if row else (0, 0, 0)


def ranges() -> list:
    return LessonProgress.objects.get().ranges


def test_a_range_without_length_is_a_stop_in_its_minute(tab):
    tab.plays((55, 65))
    tab.plays((65, 65), after=60)
    assert (minute(0), minute(1)) == ((1, 0, 0), (1, 0, 1))
    assert ranges() == [[55, 65]]


def test_who_plays_and_leaves_says_both_at_once(tab):
    assert tab.plays((0, 10), (10, 10)).json()["lesson_progress"]["coverage"] == 3.33
    assert minute(0) == (1, 0, 1)


def test_the_same_beat_again_is_no_second_stop(tab, alice):
    beat = tab.beat([(0, 10), (10, 10)])
    for _ in range(2):
        tab.clock.shift(10)
        assert alice.post(URL, beat).status_code == 200
    assert minute(0) == (1, 0, 1)


def test_many_stops_in_one_beat_are_one(tab):
    tab.plays((0, 10), (2, 2), (3, 3), (4, 4))
    assert minute(0) == (1, 0, 1)


def test_the_end_of_the_video_is_no_stop(tab):
    tab.plays((290, 300), (300, 300))
    assert minute(4) == (1, 0, 0)


def test_nobody_stops_where_nothing_was_played(tab):
    tab.plays((0, 10))
    tab.plays((200, 200))
    assert minute(3) == (0, 0, 0)


def test_a_stop_is_no_skipping_ahead(tab, film):
    film.forbid_skipping = True
    film.save()
    tab.plays((0, 10))
    assert tab.plays((10.3, 10.3)).status_code == 200
    refused = tab.plays((40, 50))
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["detail"] == "This lesson is watched in order."


def test_a_minute_that_was_seen_whole_is_watched_again(tab):
    tab.plays((0, 60), after=60)
    tab.plays((20, 30))
    assert minute(0) == (2, 1, 0)


def test_a_minute_that_was_seen_in_part_is_not(tab):
    tab.plays((0, 10))
    tab.plays((10, 20))
    assert minute(0) == (2, 0, 0)


def test_many_beats_at_once_gain_nothing(tab):
    tab.plays((0, 10))
    for n in range(50):
        assert tab.plays((10 + 2 * n, 12 + 2 * n), after=0).status_code == 400
    assert ranges() == [[0, 10]]


def test_a_little_lateness_of_the_net_is_forgiven(tab):
    tab.plays((0, 10))
    assert tab.plays((10, 20), after=8.5).status_code == 200
    assert tab.plays((20, 35), after=8.5).status_code == 400


def test_a_range_before_its_start_or_after_the_end_is_refused(tab):
    assert tab.plays((10, 5)).status_code == 400
    assert tab.plays((295, 305)).status_code == 400
    assert tab.plays((305, 305)).status_code == 400
    assert not LessonProgress.objects.exists()


def test_what_was_watched_offline_counts_after_the_page_was_opened_again(tab, alice, film):
    """Opening the page is newer than the beats that were kept: they are measured by their own seconds."""
    start = NOON - dt.timedelta(minutes=20)
    kept = [
        tab.beat([(n * 10, n * 10 + 10)], recorded_at=(start + dt.timedelta(seconds=10 * n)).isoformat())
        for n in range(6)
    ]
    alice.get(film.get_absolute_url())
    answer = alice.post(URL, {"beats": kept}).json()
    assert [r["problem"] for r in answer["results"]] == [None] * 6
    assert ranges() == [[0, 60]]
    assert sum(StudyTime.objects.values_list("seconds", flat=True)) == 60


def test_kept_beats_are_not_believed_more_than_their_seconds(tab, alice, film):
    alice.get(film.get_absolute_url())
    before = (NOON - dt.timedelta(minutes=20)).isoformat()
    [result] = alice.post(URL, {"beats": [tab.beat([(0, 290)], recorded_at=before)]}).json()["results"]
    assert result["problem"]["status"] == 400


def test_a_short_outage_loses_nothing(tab, alice, film):
    """Beats of the last minute that arrive together: each has its own ten seconds."""
    tab.plays((0, 10))
    kept = []
    for n in range(1, 5):
        tab.clock.shift(10)
        now = NOON + dt.timedelta(seconds=10 + 10 * n)
        kept.append(tab.beat([(n * 10, n * 10 + 10)], recorded_at=now.isoformat()))
    tab.clock.shift(1)
    answer = alice.post(URL, {"beats": kept}).json()
    assert [r["credited_seconds"] for r in answer["results"]] == [10] * 4
    assert ranges() == [[0, 50]]
    assert alice.post(URL, {"beats": kept}).json()["results"][0]["credited_seconds"] == 0
