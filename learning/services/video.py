"""What was really played of a video: ranges, coverage, and counts per minute."""

from __future__ import annotations

import datetime as dt
from collections import Counter

from learning import video
from learning.beats import MOST_SECONDS, Booked, Minute, Place, write_watched
from learning.exceptions import BadVideo
from learning.kinds import Beat
from learning.models import User

# Clocks of player and server drift, and the net delays: a beat may be this much longer than the time that has passed,
# but never more than twice as long, so that many beats at once gain nothing.
SLACK_SECONDS = 2.0


def play(*, learner: User, beat: Beat, place: Place, booked: Booked, at: dt.datetime) -> float:
    """Merge a beat's ranges into the learner's; returns the coverage, 0-100. After booking, in its transaction.

    Refuses (BadVideo) ranges outside the video, longer than elapsed time times playback rate, or past what has been
    watched where the lesson forbids skipping.
    """
    moved = video.played(beat.ranges)
    seen_before = [(start, end) for start, end in booked.ranges]
    _refuse_impossible(moved, beat, place, seen_before, elapsed=_elapsed(place, booked.credited, at=at))
    ranges = video.merge([*seen_before, *moved])
    covered = video.coverage(ranges, place.duration_seconds)
    write_watched(
        learner=learner.pk,
        lesson=place.lesson,
        ranges=[list(pair) for pair in ranges],
        coverage=covered,
        minutes=_minutes(place, beat, moved, seen_before, ranges),
    )
    return max(covered, place.coverage or 0)


def _elapsed(place: Place, credited: int, *, at: dt.datetime) -> float:
    """The time in which the beat's ranges were played, at most.

    A beat that was kept while newer ones arrived cannot be measured from them: it has the time that it was credited.
    """
    if place.last_seen_at is None:
        return MOST_SECONDS
    passed = (at - place.last_seen_at).total_seconds()
    return min(passed, MOST_SECONDS) if passed >= 0 else credited


def _refuse_impossible(
    moved: list[video.Range], beat: Beat, place: Place, seen_before: list[video.Range], *, elapsed: float
) -> None:
    if any(end < start for start, end in moved):
        raise BadVideo("ranges", "A range ends before it starts.")
    furthest = max((end for _, end in beat.ranges), default=0)
    if place.duration_seconds and furthest > place.duration_seconds + SLACK_SECONDS:
        raise BadVideo("ranges", "A range ends after the video does.")
    if video.length(moved) > (elapsed + min(elapsed, SLACK_SECONDS)) * beat.rate:
        raise BadVideo("ranges", "More was played than time has passed.")
    in_order = video.reach([*seen_before, *moved])
    if place.forbid_skipping and max((end for _, end in moved), default=0) > in_order:
        raise BadVideo("ranges", "This lesson is watched in order.")


def _minutes(
    place: Place, beat: Beat, moved: list[video.Range], seen_before: list[video.Range], ranges: list[video.Range]
) -> list[Minute]:
    """What this beat adds to each minute of the film that it touches."""
    stopped = _stopped_in(place, beat, ranges)
    plays = Counter(video.minutes(moved))
    again = {minute for minute in plays if _covers(seen_before, minute)}
    return [
        Minute(minute, plays[minute], plays[minute] if minute in again else 0, int(minute == stopped))
        for minute in sorted({*plays, *([] if stopped is None else [stopped])})
    ]


def _stopped_in(place: Place, beat: Beat, ranges: list[video.Range]) -> int | None:
    """The minute that the learner stopped in, where something was played; the end of the video is no stop."""
    where = video.stop(beat.ranges)
    if where is None or where >= place.duration_seconds - SLACK_SECONDS or not video.holds(ranges, where):
        return None
    return int(where // 60)


def _covers(ranges: list[video.Range], minute: int) -> bool:
    """Whether that whole minute had been played before."""
    return any(start <= minute * 60 + video.SEAM and end >= minute * 60 + 60 - video.SEAM for start, end in ranges)
