"""What was really played of a video: ranges, coverage, and counts per minute."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from decimal import Decimal

from django.db.models import F

from learning import video
from learning.beats import MOST_SECONDS, Place
from learning.exceptions import BadVideo
from learning.kinds import Beat
from learning.models import LessonProgress, PlayedMinute, User

# Clocks of player and server drift; a beat may be this many seconds longer than the time that has passed.
SLACK_SECONDS = 2.0


def play(*, learner: User, beat: Beat, place: Place, at: dt.datetime) -> float:
    """Merge a beat's ranges into the learner's; returns the coverage, 0-100. In a transaction, after booking.

    Refuses (BadVideo) ranges outside the video, longer than elapsed time times playback rate, or past what has been
    watched where the lesson forbids skipping.
    """
    progress = LessonProgress.objects.select_for_update().get(learner=learner, lesson=place.lesson)
    _refuse_impossible(beat, place, progress, at=at)
    seen_before = [tuple(pair) for pair in progress.ranges]
    progress.ranges = [list(pair) for pair in video.merge([*seen_before, *beat.ranges])]
    covered = video.coverage(progress.ranges, place.duration_seconds)
    progress.coverage = max(Decimal(str(covered)), progress.coverage or Decimal(0))
    progress.save(update_fields=["ranges", "coverage"])
    _count_minutes(place.lesson, beat, seen_before)
    return float(progress.coverage)


def _refuse_impossible(beat: Beat, place: Place, progress: LessonProgress, *, at: dt.datetime) -> None:
    if any(end < start for start, end in beat.ranges):
        raise BadVideo("ranges", "A range ends before it starts.")
    if place.duration_seconds and max(end for _, end in beat.ranges) > place.duration_seconds + SLACK_SECONDS:
        raise BadVideo("ranges", "A range ends after the video does.")
    elapsed: float = MOST_SECONDS
    if place.last_seen_at:
        elapsed = min((at - place.last_seen_at).total_seconds(), MOST_SECONDS)
    if video.length(beat.ranges) > (max(elapsed, 0) + SLACK_SECONDS) * beat.rate:
        raise BadVideo("ranges", "More was played than time has passed.")
    if place.forbid_skipping and max(end for _, end in beat.ranges) > video.reach([*progress.ranges, *beat.ranges]):
        raise BadVideo("ranges", "This lesson is watched in order.")


def _count_minutes(lesson: int, beat: Beat, seen_before: list[video.Range]) -> None:
    again = set(video.minutes(seen_before))
    for minute, plays in Counter(video.minutes(beat.ranges)).items():
        PlayedMinute.objects.get_or_create(lesson_id=lesson, minute=minute)
        rewatches = plays if minute in again and _covers(seen_before, minute) else 0
        PlayedMinute.objects.filter(lesson=lesson, minute=minute).update(
            plays=F("plays") + plays, rewatches=F("rewatches") + rewatches
        )


def _covers(ranges: list[video.Range], minute: int) -> bool:
    """Whether that whole minute had been played before."""
    return any(start <= minute * 60 + video.SEAM and end >= minute * 60 + 60 - video.SEAM for start, end in ranges)
