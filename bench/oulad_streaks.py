#!/usr/bin/env python
"""Active days and longest streaks of OULAD learners, worked out by the product from its own facts.

    python bench/oulad_streaks.py DIR > streaks.csv

DIR holds `studentVle.csv` or `.csv.gz` (Open University Learning Analytics dataset, doi:10.1038/sdata.2017.171).
Each run of a person (module, presentation, student) becomes a learner of its own; a day with any click becomes a day of
study just long enough to count (600 s of StudyTime). The facts go into a throw-away SQLite database, the product's
rebuild counts active days and streaks from them, and what it counted is printed as
`code_module,code_presentation,id_student,active_days,longest_streak`, sorted.
"""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FIRST_DAY = dt.date(2013, 10, 1)  # days are given relative to a course's start; any start will do
BATCH = 5000

Run = tuple[str, str, str]


def clicks(folder: Path) -> Iterator[tuple[Run, int]]:
    """Run and day of every row of the click log."""
    for name in ("studentVle.csv", "studentVle.csv.gz"):
        path = folder / name if folder.is_dir() else folder
        if path.is_file():
            opener = gzip.open if path.suffix == ".gz" else open
            with opener(path, "rt", newline="") as rows:
                for row in csv.DictReader(rows):
                    if int(row["sum_click"]) > 0:
                        run = (row["code_module"], row["code_presentation"], row["id_student"])
                        yield run, int(float(row["date"]))
            return
    sys.exit(f"{folder}: there is no studentVle.csv and no studentVle.csv.gz here")


def in_batches(rows: Iterator) -> Iterator[list]:
    batch: list = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def set_up(folder: str) -> None:
    os.environ.update(
        DJANGO_SETTINGS_MODULE="config.settings.dev", CAIRN_VAR=folder, DATABASE_URL=f"sqlite:///{folder}/oulad.sqlite3"
    )
    sys.path.insert(0, str(ROOT))
    import django
    from django.core.management import call_command

    django.setup()
    with redirect_stdout(sys.stderr):
        call_command("migrate", verbosity=0)


def load(days: set[tuple[Run, int]]) -> dict[Run, int]:
    """Learners, one lesson, and an hour of study facts for each day; returns the learner of each run."""
    from learning.models import Course, Lesson, Module, StudyTime, User

    course = Course.objects.create(title="OULAD", slug="oulad")
    module = Module.objects.create(course=course, title="Activity")
    lesson = Lesson.objects.create(module=module, title="Activity", slug="activity")
    runs = sorted({run for run, _ in days})
    for batch in in_batches(iter(runs)):
        people = [User(email=f"{'-'.join(run).lower()}@example.org", password="!") for run in batch]
        User.objects.bulk_create(people)
    ids = dict(User.objects.values_list("email", "pk"))
    learners = {run: ids[f"{'-'.join(run).lower()}@example.org"] for run in runs}
    for batch in in_batches(iter(days)):
        StudyTime.objects.bulk_create(study(learners[run], course, lesson, day) for run, day in batch)
    return learners


def study(learner: int, course, lesson, day: int):
    from gamification.kinds import ACTIVE_DAY_SECONDS
    from learning.models import StudyTime

    date = FIRST_DAY + dt.timedelta(days=day)
    noon = dt.datetime.combine(date, dt.time(12), tzinfo=dt.UTC)
    return StudyTime(
        learner_id=learner,
        course=course,
        lesson=lesson,
        hour=noon,
        day=date,
        course_day=date,
        seconds=ACTIVE_DAY_SECONDS,
    )


def counted() -> dict[int, tuple[int, int]]:
    """Active days and longest streak of each learner, as the product stores them."""
    from django.db.models import Count

    from gamification.models import ActiveDay, Profile
    from gamification.services.rebuild import rebuild_gamification

    rebuild_gamification()
    days = dict(ActiveDay.objects.order_by().values_list("learner").annotate(n=Count("pk")))
    longest = dict(Profile.objects.values_list("learner", "longest_streak"))
    return {learner: (n, longest[learner]) for learner, n in days.items()}


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory(prefix="cairn-oulad-") as throw_away:
        set_up(throw_away)
        learners = load(set(clicks(folder)))
        numbers = counted()
        out = csv.writer(sys.stdout, lineterminator="\n")
        out.writerow(["code_module", "code_presentation", "id_student", "active_days", "longest_streak"])
        for run in sorted(learners, key=lambda r: (r[0], r[1], int(r[2]) if r[2].isdigit() else 0, r[2])):
            out.writerow([*run, *numbers[learners[run]]])
        print(f"{len(learners)} learners", file=sys.stderr)


if __name__ == "__main__":
    main()
