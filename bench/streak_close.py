#!/usr/bin/env python
"""How long the nightly close of streaks takes for many learners.

    python bench/streak_close.py [LEARNERS]        100,000 unless said otherwise

Into a throw-away database (SQLite under a temporary folder, or the empty database that DATABASE_URL names) go learners
in 40 time zones whose last active day was two or three days ago; one in three has a freeze left, one in ten rest days.
Then the close runs, and runs again. One line is printed: the seconds of both, the freezes told, the streaks ended.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
import tempfile
import time
from contextlib import redirect_stdout
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NOW = dt.datetime(2026, 3, 20, 14, 0, tzinfo=dt.UTC)
BATCH = 5000


def set_up(folder: str) -> None:
    os.environ.update(DJANGO_SETTINGS_MODULE="config.settings.dev", CAIRN_VAR=folder)
    os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder}/streaks.sqlite3")
    sys.path.insert(0, str(ROOT))
    import django
    from django.core.management import call_command

    django.setup()
    with redirect_stdout(sys.stderr):
        call_command("migrate", verbosity=0)


def fill(learners: int) -> None:
    from gamification.models import Pause, Profile
    from learning.models import User
    from learning.zones import zone_names

    if User.objects.exists():
        sys.exit("This database has people in it; name an empty one.")
    names = sorted(name for name in zone_names() if "/" in name and not name.startswith("Etc/"))[::12][:40]
    for start in range(0, learners, BATCH):
        people = User.objects.bulk_create(
            User(
                email=f"learner-{n}@example.org",
                password="!",
                time_zone=names[n % len(names)],
                date_joined=NOW - dt.timedelta(days=90),
            )
            for n in range(start, min(start + BATCH, learners))
        )
        Profile.objects.bulk_create(
            Profile(
                learner=person,
                run=7 + n % 50,
                longest_streak=7 + n % 50,
                freezes=n % 3 == 0,
                last_active_day=NOW.date() - dt.timedelta(days=2 + n % 2),
            )
            for n, person in enumerate(people)
        )
        Pause.objects.bulk_create(
            Pause(learner=person, kind="rest", weekdays=0b1100000, first_day=dt.date(2026, 1, 5), created_at=NOW)
            for person in people[::10]
        )


def main() -> None:
    learners = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory(prefix="cairn-streaks-") as folder:
        set_up(folder)
        from django.db import connection

        from gamification.services.closing import close_days

        fill(learners)
        began = time.perf_counter()
        first = close_days(at=NOW)
        between = time.perf_counter()
        second = close_days(at=NOW)
        ended = time.perf_counter()
        print(
            f"{connection.vendor}: {learners} learners closed in {between - began:.1f} s, again in"
            f" {ended - between:.1f} s;"
            f" {first.frozen} freezes told, {first.ended} streaks ended; again {second.frozen} and {second.ended}"
        )


if __name__ == "__main__":
    main()
