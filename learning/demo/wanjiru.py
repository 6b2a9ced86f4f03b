"""One learner whose days are written down by hand, so that docs/demo.md can work her numbers out."""

from __future__ import annotations

import datetime as dt

from learning import zones
from learning.demo.journal import Journal, Path
from learning.models import User

NAME, ZONE = "Wanjiru Mwangi", "Africa/Nairobi"  # no summer time: her hours are the same on every date
COURSE = "bread-from-four-things"
ENROLLED = (12, dt.time(19, 45))
# Days ago, her time of day, the lesson, whole minutes, and whether she finished it; of practice, what was right:
# two of four fail, three of four pass.
Act = tuple[int, dt.time, str, int, bool | tuple[bool, ...]]
ACTS: tuple[Act, ...] = (
    (12, dt.time(20, 0), "four-things", 8, True),
    (11, dt.time(20, 0), "a-recipe-is-a-ratio", 9, True),
    (11, dt.time(20, 15), "practice-the-bakers-sum", 6, (True, False, True, False)),
    (10, dt.time(20, 0), "practice-the-bakers-sum", 5, (True, True, True, False)),
    (10, dt.time(20, 10), "fold-dont-fight", 7, True),
    (6, dt.time(7, 0), "reading-the-dough", 4, False),
    (3, dt.time(20, 0), "reading-the-dough", 7, True),
    (2, dt.time(20, 30), "steam-and-colour", 12, False),
)


def wanjirus_days(learner: User, path: Path, *, at: dt.datetime) -> Journal:
    """Her facts, in the order in which they happened; the last one on the day before yesterday."""
    journal = Journal(learner)
    journal.enroll(path, _instant(learner, *ENROLLED, at=at))
    lessons = {lesson.slug: lesson for lesson in path.lessons}
    for days_ago, time, slug, minutes, done in ACTS:
        start = _instant(learner, days_ago, time, at=at)
        lesson = lessons[slug]
        attempt = journal.start_attempt(path, lesson, start) if isinstance(done, tuple) else None
        end = journal.visit(path, lesson, start, minutes * 60)
        if attempt and isinstance(done, tuple):
            journal.finish_attempt(path, lesson, attempt, list(done), end)
        elif done:
            journal.complete(path, lesson, end)
    return journal


def _instant(learner: User, days_ago: int, time: dt.time, *, at: dt.datetime) -> dt.datetime:
    day = learner.day_at(at) - dt.timedelta(days=days_ago)
    return dt.datetime.combine(day, time, tzinfo=zones.zone(learner.time_zone)).astimezone(dt.UTC)
