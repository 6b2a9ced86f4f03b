"""What was really played of a video: ranges, coverage, and counts per minute."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from decimal import Decimal

from django.db.models import F
from django.db.models.expressions import Combinable

from learning import video
from learning.beats import MOST_SECONDS, Place
from learning.exceptions import BadVideo
from learning.kinds import Beat
from learning.models import LessonProgress, PlayedMinute, User

# Clocks of player and server drift, and the net delays: a beat may be this much longer than the time that has passed,
# but never more than twice as long, so that many beats at once gain nothing.
SLACK_SECONDS = 2.0


def play(*, learner: User, beat: Beat, place: Place, credited: int, at: dt.datetime) -> float:
    """Merge a beat's ranges into the learner's; returns the coverage, 0-100. In a transaction, after booking.

    Refuses (BadVideo) ranges outside the video, longer than elapsed time times playback rate, or past what has been
    watched where the lesson forbids skipping.
    """
    progress = LessonProgress.objects.select_for_update().get(learner=learner, lesson=place.lesson)
    moved = video.played(beat.ranges)
    _refuse_impossible(moved, beat, place, progress, elapsed=_elapsed(place, credited, at=at))
    seen_before = [(start, end) for start, end in progress.ranges]
    progress.ranges = [list(pair) for pair in video.merge([*seen_before, *moved])]
    covered = video.coverage(progress.ranges, place.duration_seconds)
    progress.coverage = max(Decimal(str(covered)), progress.coverage or Decimal(0))
    progress.save(update_fields=["ranges", "coverage"])
    _count_plays(place.lesson, moved, seen_before)
    _count_stop(place, beat, progress)
    return float(progress.coverage)


def _elapsed(place: Place, credited: int, *, at: dt.datetime) -> float:
    """The time in which the beat's ranges were played, at most.

    A beat that was kept while newer ones arrived cannot be measured from them: it has the time that it was credited.
    """
    if place.last_seen_at is None:
        return MOST_SECONDS
    passed = (at - place.last_seen_at).total_seconds()
    return min(passed, MOST_SECONDS) if passed >= 0 else credited


def _refuse_impossible(
    moved: list[video.Range], beat: Beat, place: Place, progress: LessonProgress, *, elapsed: float
) -> None:
    if any(end < start for start, end in moved):
        raise BadVideo("ranges", "A range ends before it starts.")
    furthest = max((end for _, end in beat.ranges), default=0)
    if place.duration_seconds and furthest > place.duration_seconds + SLACK_SECONDS:
        raise BadVideo("ranges", "A range ends after the video does.")
    if video.length(moved) > (elapsed + min(elapsed, SLACK_SECONDS)) * beat.rate:
        raise BadVideo("ranges", "More was played than time has passed.")
    in_order = video.reach([*progress.ranges, *moved])
    if place.forbid_skipping and max((end for _, end in moved), default=0) > in_order:
        raise BadVideo("ranges", "This lesson is watched in order.")


def _count_plays(lesson: int, moved: list[video.Range], seen_before: list[video.Range]) -> None:
    again = set(video.minutes(seen_before))
    for minute, plays in Counter(video.minutes(moved)).items():
        rewatches = plays if minute in again and _covers(seen_before, minute) else 0
        _count(lesson, minute, plays=F("plays") + plays, rewatches=F("rewatches") + rewatches)


def _count_stop(place: Place, beat: Beat, progress: LessonProgress) -> None:
    """One stop a beat, where something was played; the end of the video is no stop."""
    where = video.stop(beat.ranges)
    at_the_end = where is not None and where >= place.duration_seconds - SLACK_SECONDS
    if where is not None and not at_the_end and video.holds(progress.ranges, where):
        _count(place.lesson, int(where // 60), stops=F("stops") + 1)


def _count(lesson: int, minute: int, **more: Combinable) -> None:
    PlayedMinute.objects.get_or_create(lesson_id=lesson, minute=minute)
    PlayedMinute.objects.filter(lesson=lesson, minute=minute).update(**more)


def _covers(ranges: list[video.Range], minute: int) -> bool:
    """Whether that whole minute had been played before."""
    return any(start <= minute * 60 + video.SEAM and end >= minute * 60 + 60 - video.SEAM for start, end in ranges)
