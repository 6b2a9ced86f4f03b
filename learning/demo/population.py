"""Some hundreds of learners with ninety days behind them, written as facts in bulk."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from random import Random

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from learning.demo import wanjiru
from learning.demo.journal import Journal, Path
from learning.demo.life import live
from learning.demo.names import somebody
from learning.demo.people import PASSWORD
from learning.demo.replies import replies_to
from learning.kinds import LessonKind
from learning.models import (
    Course,
    Enrollment,
    Lesson,
    LessonProgress,
    LessonView,
    PlayedMinute,
    PracticeAttempt,
    StudyClock,
    StudyTime,
    User,
)

SEED = "a cairn is built by many who never meet"
BATCH = 1000


def populate(courses: Iterable[Course], *, learners: int, at: dt.datetime) -> None:
    """Make so many learners and their facts. What follows from facts is for the rebuild commands to find.

    Learner n is the same whatever the number of learners; the first one's days are those of docs/demo.md.
    """
    paths = [_path(course) for course in courses]
    people = _people(learners, at=at)
    journals = [_days(n, learner, paths, at=at) for n, learner in enumerate(people, 1)]
    _join_before_enrolling(journals)
    _write(journals)


def _path(course: Course) -> Path:
    lessons = tuple(Lesson.objects.filter(course=course).published().in_order())
    practices = [lesson for lesson in lessons if lesson.kind == LessonKind.PRACTICE]
    return Path(course, lessons, {lesson.pk: replies_to(lesson) for lesson in practices})


def _people(learners: int, *, at: dt.datetime) -> list[User]:
    password = make_password(PASSWORD)  # one hash for all: a slow function is slow once
    taken = {wanjiru.NAME}
    people = [_person(n, password, taken, at=at) for n in range(1, learners + 1)]
    User.objects.bulk_create(people, batch_size=BATCH)
    made = list(User.objects.filter(email__in=[p.email for p in people]).order_by("email"))
    addresses = [EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in made]
    EmailAddress.objects.bulk_create(addresses, batch_size=BATCH)
    return made


def _person(n: int, password: str, taken: set[str], *, at: dt.datetime) -> User:
    name, zone = (wanjiru.NAME, wanjiru.ZONE) if n == 1 else somebody(_dice(n, "name"), taken)
    email = f"learner{n:05}@example.org"
    return User(email=email, password=password, display_name=name, time_zone=zone, date_joined=at)


def _dice(n: int, what: str) -> Random:
    return Random(f"{SEED}/{what}/{n}")  # noqa: S311  (a story, no secret)


def _days(n: int, learner: User, paths: list[Path], *, at: dt.datetime) -> Journal:
    if n == 1:
        (bread,) = [path for path in paths if path.course.slug == wanjiru.COURSE]
        return wanjiru.wanjirus_days(learner, bread, at=at)
    return live(learner, paths, dice=_dice(n, "life"), at=at)


def _join_before_enrolling(journals: list[Journal]) -> None:
    for journal in journals:
        first = min(place.started_at for place in journal.enrollments.values())
        journal.learner.date_joined = first - dt.timedelta(minutes=4)
    User.objects.bulk_update([journal.learner for journal in journals], ["date_joined"], batch_size=100)


def _write(journals: list[Journal]) -> None:
    """Each table at once."""
    enrollments = [place for journal in journals for place in journal.enrollments.values()]
    Enrollment.objects.bulk_create(enrollments, batch_size=BATCH)
    progress = [mine for journal in journals for mine in journal.progress.values()]
    LessonProgress.objects.bulk_create(progress, batch_size=BATCH)
    StudyTime.objects.bulk_create([row for journal in journals for row in journal.study_time()], batch_size=BATCH)
    LessonView.objects.bulk_create([view for journal in journals for view in journal.views], batch_size=BATCH)
    PracticeAttempt.objects.bulk_create([a for journal in journals for a in journal.attempts], batch_size=BATCH)
    StudyClock.objects.bulk_create([clock for journal in journals if (clock := journal.clock())], batch_size=BATCH)
    _write_minutes(journals)


def _write_minutes(journals: list[Journal]) -> None:
    plays: Counter[tuple[int, int]] = sum((journal.plays for journal in journals), Counter())
    rewatches: Counter[tuple[int, int]] = sum((journal.rewatches for journal in journals), Counter())
    stops: Counter[tuple[int, int]] = sum((journal.stops for journal in journals), Counter())
    PlayedMinute.objects.bulk_create(
        PlayedMinute(lesson_id=key[0], minute=key[1], plays=plays[key], rewatches=rewatches[key], stops=stops[key])
        for key in sorted(plays | stops)
    )
