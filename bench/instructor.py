#!/usr/bin/env python
"""An instructor's pages about a hundred thousand learners, and what counts their days.

    DATABASE_URL=postgres://…/name REDIS_URL=… python bench/instructor.py [--learners 100000] [--requests 200]

A test database is made anew beside the one that is named, and dropped. Two courses of 50 lessons and a year: one with
all learners and 50 hour rows for each (5 million), one with a hundred of them. Measured in this process: a day's count,
a full rebuild, the same GROUP BYs bare, the memory that it took, and beats of another process meanwhile; pages and
endpoints of both courses in turns, and how long it takes when nothing is kept, or nothing young; first and deepest page
of the list of learners in every order; a page of those who need help; the matrix of a thousand learners. Prints the
machine, p50 and p95 in milliseconds, statements and bytes.
"""

from __future__ import annotations

import argparse
import datetime as dt
import gzip
import json
import os
import platform
import resource
import subprocess
import sys
import threading
import time
import uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
LESSONS, YEAR = 50, 365


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--learners", type=int, default=100_000)
    options.add_argument("--requests", type=int, default=200)
    options.add_argument("--beats", type=int, help=argparse.SUPPRESS)
    said = options.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")

    if said.beats:
        send_beats(said.beats)
        return

    import django

    django.setup()
    from django.db import connection

    if connection.vendor != "postgresql":
        sys.exit("This one is about PostgreSQL: name a database by DATABASE_URL.")
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        run(said)
    finally:
        connection.creation.destroy_test_db("", verbosity=0)


def run(said) -> None:
    from django.db import connection

    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    begun = time.perf_counter()
    teacher, big, small = made(said.learners)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")  # as the server does by itself, in time
        cursor.execute("SELECT COUNT(*) FROM learning_studytime")
        rows = cursor.fetchone()[0]
    print(f"{said.learners} learners, {LESSONS} lessons, {rows} hour rows, made in {time.perf_counter() - begun:.0f} s")
    counted(big, small)
    judged()
    looked_at(teacher, big, small, said.requests)
    listed(teacher, big, said.requests)
    matrix(teacher, said.requests)


# --- the courses --------------------------------------------------------------------------------------------------
def made(learners: int):
    """Learner n joins on day n % 300 and has an hour in each lesson on some later day; n * 37 % 51 are done."""
    from django.contrib.auth.models import Group
    from django.db import connection
    from django.utils import timezone

    from learning.models import Course, Lesson, Module, User
    from learning.services.people import make_instructor
    from learning.services.structure import structure_changed

    now = timezone.now()
    teacher = User.objects.create_user("teacher@example.org", None, display_name="Teacher", is_staff=True)
    teacher.groups.add(*Group.objects.filter(name="Instructors"))
    courses = []
    for n, size in enumerate((learners, 100)):
        course = Course.objects.create(title=f"Bench {n}", slug=f"bench-{n}", state="published", time_zone="UTC")
        make_instructor(teacher, course, at=now)
        module = Module.objects.create(course=course, title="All")
        Lesson.objects.bulk_create(
            Lesson(course=course, module=module, title=f"Lesson {k}", slug=f"l{k}", position=k) for k in range(LESSONS)
        )
        structure_changed(course, at=now)
        people = [User(email=f"l{n}-{k}@example.org", display_name=f"Learner {k}", password="!") for k in range(size)]
        User.objects.bulk_create(people, batch_size=5000)
        filled(course, people[0].pk, size, now)
        courses.append(course)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE learning_course SET required_lessons = %s", [LESSONS])
    return teacher, *courses


FILL = [
    """CREATE TEMP TABLE bench AS
    SELECT n, n + %(first)s AS learner, k, l.id AS lesson, n * 37 %% 51 AS done, n %% 300 AS joined,
      %(start)s::date + (n %% 300) + ((k * 7919 + n::bigint * 104729) %% (365 - n %% 300))::int AS day,
      (n * 7 + k * 13) %% 24 AS hour
    FROM generate_series(0, %(size)s - 1) n, generate_series(0, 49) k
    JOIN learning_lesson l ON l.course_id = %(course)s AND l.position = k""",
    """INSERT INTO learning_enrollment (learner_id, course_id, started_at, first_activity_at, last_accessed_at,
      completed_at, completed_lessons, required_lessons, percent, highest_percent, seconds)
    SELECT learner, %(course)s, %(start)s::date + joined, MIN(day), MAX(day + hour * interval '1 hour'),
      CASE WHEN done = 50 THEN %(start)s::date + joined + interval '40 days' END, done, 50, done * 2, done * 2, 50 * 900
    FROM bench GROUP BY learner, joined, done""",
    """INSERT INTO learning_studytime (learner_id, course_id, lesson_id, hour, day, course_day, seconds)
    SELECT learner, %(course)s, lesson, day + hour * interval '1 hour', day, day, 900 FROM bench""",
    """INSERT INTO learning_lessonprogress (learner_id, lesson_id, seconds, last_seen_at, position, ranges,
      completed_at, completed_day, completed_hour)
    SELECT learner, lesson, 900, day + hour * interval '1 hour', 0, '[]',
      CASE WHEN k < done THEN day + hour * interval '1 hour' END, CASE WHEN k < done THEN day END,
      CASE WHEN k < done THEN hour END FROM bench WHERE k <= done""",
    """INSERT INTO learning_lessonview (learner_id, lesson_id, at, day, course_day)
    SELECT learner, lesson, day + hour * interval '1 hour', day, day FROM bench WHERE k <= done""",
    """INSERT INTO chat_conversation (id, course_id, asker_id, title, title_is_typed, message_count, last_message_at,
      created_at, is_shared) SELECT gen_random_uuid(), %(course)s, learner, 'Why', false, 1,
      day + hour * interval '1 hour', day + hour * interval '1 hour', false FROM bench WHERE k = 7""",
    """INSERT INTO chat_message (id, conversation_id, course_id, asker_id, role, content, citations, status,
      answer_status, feedback, client_message_id, note, provider, model, input_tokens, output_tokens, cost, created_at)
    SELECT gen_random_uuid(), id, course_id, asker_id, 'user', 'Why?', '[]', 'complete', '', '', gen_random_uuid(),
      '', '', '', 0, 0, 0, created_at FROM chat_conversation WHERE course_id = %(course)s""",
    "DROP TABLE bench",
]


def filled(course, first: int, size: int, now: dt.datetime) -> None:
    from django.db import connection

    start = now.date() - dt.timedelta(days=YEAR - 1)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # what is made here fits together
        for statement in FILL:
            cursor.execute(statement, {"course": course.pk, "first": first, "size": size, "start": start})
        cursor.execute("SET session_replication_role = origin")


# --- beats ---------------------------------------------------------------------------------------------------------
BEATS_A_SECOND = 50


def beats_while(course, act) -> list[float]:
    """Milliseconds of the beats that learners of this course send, by a process of its own, while `act` goes on."""
    from django.db import connection

    server = os.environ["DATABASE_URL"].rpartition("/")[0]
    child = subprocess.Popen(
        [sys.executable, __file__, "--beats", str(course.pk)],
        env={**os.environ, "DATABASE_URL": f"{server}/{connection.settings_dict['NAME']}"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdin
    assert child.stdout
    assert child.stdout.readline() == "ready\n"
    child.stdin.write("\n")
    child.stdin.flush()
    act()
    said, _ = child.communicate("\n")
    return [float(word) for word in said.split()]


def send_beats(course: int) -> None:
    """The child: begins at the first line that it is given, and ends with the second."""
    import django

    django.setup()
    from django.test import Client

    from learning.models import Enrollment, Lesson

    lesson = Lesson.objects.filter(course=course).order_by("pk").values_list("pk", flat=True)[0]
    clients = []
    for enrollment in Enrollment.objects.filter(course=course).select_related("learner")[:50]:
        client = Client()
        client.force_login(enrollment.learner, backend="django.contrib.auth.backends.ModelBackend")
        clients.append((client, str(uuid.uuid4())))

    def beat(n: int) -> float:
        client, session = clients[n % len(clients)]
        body = {"lesson": lesson, "client_session": session, "seq": 1 + n // len(clients), "seconds": 1}
        begun = time.perf_counter()
        answer = client.post("/api/learner/track-lesson/", json.dumps(body), content_type="application/json")
        assert answer.status_code == 200, answer.content
        return 1000 * (time.perf_counter() - begun)

    for n in range(len(clients)):
        beat(n)
    print("ready", flush=True)
    sys.stdin.readline()
    over = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.readline(), over.set()), daemon=True).start()
    found, begun = [], time.perf_counter()
    while not over.is_set():
        n = len(found)
        time.sleep(max(0.0, begun + n / BEATS_A_SECOND - time.perf_counter()))
        found.append(beat(len(clients) + n))
    print(*(f"{ms:.2f}" for ms in found))


# --- counting -----------------------------------------------------------------------------------------------------
BARE = [
    """SELECT course_id, course_day, COUNT(*), SUM(s) FROM (SELECT course_id, course_day, learner_id, SUM(seconds) s
    FROM learning_studytime GROUP BY 1, 2, 3) x GROUP BY 1, 2""",
    """SELECT course_id, course_day, EXTRACT(HOUR FROM hour AT TIME ZONE 'UTC'), SUM(seconds) FROM learning_studytime
    GROUP BY 1, 2, 3""",
    "SELECT lesson_id, course_day, SUM(seconds) FROM learning_studytime GROUP BY 1, 2",
    "SELECT lesson_id, course_day, COUNT(*), COUNT(DISTINCT learner_id) FROM learning_lessonview GROUP BY 1, 2",
    """SELECT lesson_id, (completed_at AT TIME ZONE 'UTC')::date, COUNT(*) FROM learning_lessonprogress
    WHERE completed_at IS NOT NULL GROUP BY 1, 2""",
]


def counted(big, small) -> None:
    from django.db import connection
    from django.utils import timezone

    from analytics.models import CourseDay, Rollup
    from analytics.services.rollups import close_days, rebuild

    def took(act) -> float:
        begun = time.perf_counter()
        act()
        return time.perf_counter() - begun

    def bare() -> None:
        with connection.cursor() as cursor:
            for statement in BARE:
                cursor.execute(statement)
                cursor.fetchall()

    now, held = timezone.now(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    full = took(lambda: rebuild(at=now, courses=[big.pk], told=lambda done, of: None))
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - held) / 1024
    raw = took(bare)
    print(f"full rebuild {full:.1f} s, memory +{grown:.1f} MB; its GROUP BYs bare {raw:.1f} s, ratio {full / raw:.2f}")
    quiet = beats_while(small, lambda: time.sleep(full))
    meanwhile = beats_while(small, lambda: rebuild(at=now, courses=[big.pk], told=lambda done, of: None))
    (p50, p95), (q50, q95) = percentiles(quiet), percentiles(meanwhile)
    print(f"beats, 50 a second: {p50:.1f} / {p95:.1f} ms; while days are counted {q50:.1f} / {q95:.1f} ms")
    rebuild(at=now, courses=[small.pk], told=lambda done, of: None)
    rollup = Rollup.objects.get(pk=big.pk)
    for days, said in ((0, "the four days of a night"), (7, "seven missed nights")):
        Rollup.objects.filter(pk=big.pk).update(closed_until=rollup.closed_until - dt.timedelta(days=days or 1))
        print(f"{said} in {took(lambda: close_days(at=now)):.2f} s")
    print(f"{CourseDay.objects.filter(course=big).count()} course days")


def judged() -> None:
    """The order of the lists, and the night's look at who needs help; shown to those who teach at once."""
    from django.db import connection
    from django.utils import timezone

    from analytics.models import RiskFlag
    from analytics.services.lines import place_all
    from analytics.services.risk import judge_courses

    begun, held = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    place_all()
    placed = time.perf_counter()
    flagged = judge_courses(at=timezone.now())
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - held) / 1024
    print(
        f"lists put in order in {placed - begun:.0f} s; a night's judgement in {time.perf_counter() - placed:.0f} s, "
        f"{sum(flagged.values())} flagged, memory +{grown:.0f} MB"
    )
    RiskFlag.objects.update(shown_from="2000-01-01")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


# --- pages --------------------------------------------------------------------------------------------------------
def looked_at(teacher, big, small, requests: int) -> None:
    from django.core.cache import cache
    from django.db import connection
    from django.test import Client

    from analytics.selectors.snapshot import KEPT_SECONDS

    client = Client()
    client.force_login(teacher, backend="django.contrib.auth.backends.ModelBackend")
    pages = {
        "overview page": "/admin/analytics/courses/{}/",
        "overview endpoint": "/api/instructor/courses/{}/analytics/",
        "overview endpoint, all time": "/api/instructor/courses/{}/analytics/?period=all",
        "lessons page": "/admin/analytics/courses/{}/lessons/",
        "page of who needs help": "/admin/analytics/courses/{}/help/",
    }
    for name, path in pages.items():
        times: dict[int, list[float]] = {big.pk: [], small.pk: []}
        many = requests if "overview" in name else max(requests // 10, 5)
        cache.clear()
        begun = time.perf_counter()
        assert client.get(path.format(big.pk)).status_code == 200
        anew = 1000 * (time.perf_counter() - begun)
        assert client.get(path.format(small.pk)).status_code == 200
        time.sleep(KEPT_SECONDS + 1)
        begun = time.perf_counter()
        client.get(path.format(big.pk))
        later = 1000 * (time.perf_counter() - begun)
        asked: list[str] = []
        with connection.execute_wrapper(noting(asked)):
            answer = client.get(path.format(big.pk))
        for _ in range(many):
            for pk, spent in times.items():
                begun = time.perf_counter()
                client.get(path.format(pk))
                spent.append(1000 * (time.perf_counter() - begun))
        (p50, p95), (q50, q95) = (percentiles(times[pk]) for pk in (big.pk, small.pk))
        print(
            f"{name}: {p50:.0f} / {p95:.0f} ms, {anew:.0f} ms where nothing is kept, "
            f"{later:.0f} ms after {KEPT_SECONDS} s, "
            f"with 100 learners {q50:.0f} / {q95:.0f} ms, ratio {p95 / q95:.2f}; "
            f"{len(asked)} statements with session and user; {len(gzip.compress(answer.content)) / 1000:.0f} kB gzipped"
        )


def listed(teacher, big, requests: int) -> None:
    """Ten pages short of the end, in each order."""
    from django.test import Client

    from analytics.kinds.students import Sort

    client = Client()
    client.force_login(teacher, backend="django.contrib.auth.backends.ModelBackend")
    root = f"/api/instructor/courses/{big.pk}/students/"
    for sort in Sort:
        first, deep = f"{root}?sort={sort}", f"{root}?sort={sort}&cursor={deepest(big, sort)}"
        times: dict[str, list[float]] = {first: [], deep: []}
        for _ in range(max(requests // 10, 5)):
            for path, spent in times.items():
                begun = time.perf_counter()
                answer = client.get(path)
                spent.append(1000 * (time.perf_counter() - begun))
                assert answer.status_code == 200, answer.content
        (p50, p95), (q50, q95) = (percentiles(spent) for spent in times.values())
        print(f"learners by {sort}: first page {p50:.0f} / {p95:.0f} ms, deepest {q50:.0f} / {q95:.0f} ms")


def deepest(big, sort) -> str:
    """The cursor of the page that begins 500 lines before the end."""
    from analytics.models import StudentLine
    from analytics.selectors.keyset import write
    from analytics.selectors.students import ORDERS

    order = ORDERS[sort]
    line = StudentLine.objects.filter(course=big).order_by(*order.by).reverse()[500]
    return write(sort, getattr(line, order.column), line.pk)


def noting(asked: list[str]):
    def note(execute, sql, params, many, context):
        asked.append(sql)
        return execute(sql, params, many, context)

    return note


def matrix(teacher, requests: int) -> None:
    from django.test import Client

    from learning.models import Course

    client = Client()
    client.force_login(teacher, backend="django.contrib.auth.backends.ModelBackend")
    path = f"/api/instructor/courses/{Course.objects.get(slug='bench-0').pk}/students/matrix/"
    times = []
    for _ in range(max(requests // 10, 5)):
        begun = time.perf_counter()
        answer = client.get(path)
        times.append(1000 * (time.perf_counter() - begun))
    p50, p95 = percentiles(times)
    print(f"1,000 learners x {LESSONS} lessons: {p50:.0f} / {p95:.0f} ms, {len(answer.content) / 1000:.0f} kB plain")


def percentiles(times: list[float]) -> tuple[float, float]:
    ranked = sorted(times)
    return ranked[len(ranked) // 2], ranked[int(0.95 * (len(ranked) - 1))]


if __name__ == "__main__":
    main()
