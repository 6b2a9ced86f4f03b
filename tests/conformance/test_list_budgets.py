"""Every page and endpoint that can be read asks the database as often for 200 rows as for one, within its budget.

The same walk as the matrix: each address by GET as the learner, each list of the admin as the instructor, while what
they list grows. Acts (beats, completions, practice) have their budgets in test_budgets.py.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from operator import attrgetter
from typing import Any

import pytest
from django.contrib import admin
from django.core.cache import cache
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from gamification.models import ActiveDay, XPEntry
from learning.kinds import CourseState
from learning.models import (
    Course,
    Enrollment,
    Lesson,
    LessonProgress,
    Module,
    PracticeAttempt,
    Question,
    StudyTime,
    User,
)
from learning.policies import Role
from notifications.models import Device, Notification
from tests.conformance.budgets import shown, statements
from tests.conformance.matrix.world import World, in_a_transaction
from tests.conformance.test_matrix import every_case, is_api, where
from tests.conformance.test_matrix_admin import PLACES, course_pages, url

pytestmark = pytest.mark.django_db
SIZES = (1, 20, 200)
MOST = 12
TIGHTER = {"learning:catalogue": 8, "api_courses": 8}


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    yield from in_a_transaction(django_db_blocker.unblock)


@contextmanager
def grown(world: World, n: int) -> Iterator[None]:
    """Everything that a learner or an instructor has lists of, n more of each; gone afterwards."""
    with transaction.atomic():
        _courses(world, n)
        _facts(world, n)
        _classmates(world, n)
        yield
        transaction.set_rollback(True)


def _courses(world: World, n: int) -> None:
    """Courses in which the learner is, each with a lesson; and a longer course."""
    now, teacher = timezone.now(), world.a.teacher
    courses = Course.objects.bulk_create(
        Course(
            title=f"More {k}",
            slug=f"more-{k}",
            state=CourseState.PUBLISHED,
            published_at=now,
            lessons_count=1,
            required_lessons=1,
            category=world.a.category,
        )
        for k in range(n)
    )
    Course.instructors.through.objects.bulk_create(
        Course.instructors.through(course_id=c.pk, user_id=teacher.pk) for c in courses
    )
    modules = Module.objects.bulk_create(
        [
            *(Module(course=c, title="One") for c in courses),
            *(Module(course=world.a.course, title="More") for _ in courses),
        ]
    )
    lessons = Lesson.objects.bulk_create(
        Lesson(course_id=m.course_id, module=m, title=f"Lesson {k}", slug=f"lesson-{k}") for k, m in enumerate(modules)
    )
    Enrollment.objects.bulk_create(
        Enrollment(learner=world.a.learner, course=c, started_at=now, last_accessed_at=now, required_lessons=1)
        for c in courses
    )
    LessonProgress.objects.bulk_create(
        LessonProgress(learner=world.a.learner, lesson=lesson, seconds=60, last_seen_at=now) for lesson in lessons
    )


def _facts(world: World, n: int) -> None:
    now, learner = timezone.now(), world.a.learner
    days = [now - dt.timedelta(days=k + 2) for k in range(n)]
    XPEntry.objects.bulk_create(
        XPEntry(learner=learner, amount=1, rule="correction", source=f"more:{k}", created_at=day, day=day.date())
        for k, day in enumerate(days)
    )
    Notification.objects.bulk_create(
        Notification(learner=learner, kind="badge", key=f"more:{k}", title="More", created_at=day)
        for k, day in enumerate(days)
    )
    Device.objects.bulk_create(
        Device(person=learner, platform="ios", digest=f"more:{k}", token="more", name="More", created_at=day)
        for k, day in enumerate(days)
    )
    ActiveDay.objects.bulk_create(
        [ActiveDay(learner=learner, day=day.date(), time_zone="UTC") for day in days], ignore_conflicts=True
    )
    StudyTime.objects.bulk_create(
        StudyTime(
            learner=learner,
            course=world.a.course,
            lesson=world.a.lesson,
            hour=day.replace(minute=0, second=0, microsecond=0),
            day=day.date(),
            course_day=day.date(),
            seconds=60,
        )
        for day in days
    )
    PracticeAttempt.objects.bulk_create(
        PracticeAttempt(
            learner=learner, lesson=world.a.practice, started_at=day, finished_at=day, day=day.date(), score=80
        )
        for day in days
    )
    Question.objects.bulk_create(Question(lesson=world.a.practice, text=f"More {k}?", kind="text") for k in range(n))


def _classmates(world: World, n: int) -> None:
    """Others who learn in the course: the lists of its instructor, and its board."""
    now = timezone.now()
    people = User.objects.bulk_create(User(email=f"mate{k}@example.org", display_name=f"Mate {k}") for k in range(n))
    Enrollment.objects.bulk_create(
        Enrollment(learner=one, course=world.a.course, started_at=now, last_accessed_at=now) for one in people
    )
    LessonProgress.objects.bulk_create(
        LessonProgress(learner=one, lesson=world.a.lesson, seconds=60, last_seen_at=now) for one in people
    )


def asked_for(world: World, role: Role, path: str) -> tuple[int, list[str]]:
    """The status, and the statements that count."""
    cache.clear()
    with transaction.atomic(), statements(caller_only=True) as spent:
        answer = world.people[role].get(path)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        transaction.set_rollback(True)
    assert content is not None
    return answer.status_code, spent


def readable(world: World) -> Iterator[tuple[str, str]]:
    """Name and address of everything that the learner reads."""
    for address, case in every_case():
        if case.method == "GET":
            role_may = asked_for(world, Role.LEARNER, where(address, case.kwargs(world.a)))[0] == 200
            if role_may:
                yield f"{address.name}{'' if is_api(address) else ' (page)'}", where(address, case.kwargs(world.a))


def compare(counts: dict[str, dict[int, list[str]]], most: Any) -> list[str]:
    wrong = []
    for name, by_size in counts.items():
        sizes = {size: len(sql) for size, sql in by_size.items()}
        if len(set(sizes.values())) > 1:
            more = [one for one in by_size[SIZES[-1]] if one not in by_size[SIZES[0]]]
            wrong.append(f"{name} grows: {sizes}\n{shown(more[:4])}")
        elif max(sizes.values()) > most(name):
            wrong.append(f"{name} asks {max(sizes.values())} times, at most {most(name)}\n{shown(by_size[SIZES[0]])}")
    return wrong


def measured(world: World, role: Role, paths: list[tuple[str, str]]) -> dict[str, dict[int, list[str]]]:
    counts: dict[str, dict[int, list[str]]] = {}
    for size in SIZES:
        with grown(world, size):
            for name, path in paths:
                status, spent = asked_for(world, role, path)
                assert status == 200, (name, status)
                counts.setdefault(f"{name} {path}", {})[size] = spent
    return counts


def test_every_page_and_endpoint_asks_as_often_for_200_rows_as_for_one(world):
    counts = measured(world, Role.LEARNER, list(readable(world)))
    wrong = compare(counts, lambda name: TIGHTER.get(name.split()[0], MOST))
    print(
        f"G30 reads={len(counts)} sizes={SIZES} most={max(len(sql[1]) for sql in counts.values())} wrong={len(wrong)}"
    )
    assert not wrong, "\n".join(wrong)
    assert len(counts) > 25


def test_every_list_of_the_admin_asks_as_often_for_200_rows_as_for_one(world):
    lists = [
        (model._meta.label, url(model, "changelist"))
        for model, page in admin.site._registry.items()
        if hasattr(page, "course_path")
    ]
    wrong = compare(measured(world, Role.INSTRUCTOR, lists), lambda name: MOST)
    assert not wrong, "\n".join(wrong)


def test_every_page_and_endpoint_about_a_course_asks_as_often_for_200_rows_as_for_one(world):
    """As its instructor: pages of the admin, and what their endpoints answer."""
    pages = [
        (name, reverse(name, kwargs={n: attrgetter(PLACES[n])(world.a) for n in names}))
        for name, names, _policies in course_pages()
    ]
    endpoints = [
        (address.name, where(address, case.kwargs(world.a)))
        for address, case in every_case()
        if case.method == "GET" and address.path.startswith("/api/instructor/")
    ]
    counts = measured(world, Role.INSTRUCTOR, pages + endpoints)
    wrong = compare(counts, lambda name: MOST)
    assert not wrong, "\n".join(wrong)
    assert pages
    assert endpoints
