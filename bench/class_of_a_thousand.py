#!/usr/bin/env python
"""A class to be measured from outside, beside another product: 1,000 learners, 50 lessons, every row filled.

    DATABASE_URL=postgres://… DJANGO_SETTINGS_MODULE=bench.settings python bench/class_of_a_thousand.py

Fills the empty database that DATABASE_URL names. Learners are learner00000@example.org and on, their teacher is
ines@example.org, everybody's password is `cairn-demo`. Then serve it with the same two variables, and let a load client
ask (`/api/instructor/courses/1/analytics/`, `…/students/matrix/`, `/my-learning/`, `/api/learner/track-lesson/`).
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
LEARNERS, PASSWORD = 1000, "cairn-demo"


def main() -> None:
    import django

    django.setup()
    from allauth.account.models import EmailAddress
    from django.contrib.auth.hashers import make_password
    from django.core.management import call_command
    from django.utils import timezone

    from analytics.services.lines import place_all
    from analytics.services.rollups import rebuild
    from bench.instructor import LESSONS, filled
    from learning.models import Course, Lesson, Module, User
    from learning.services.people import make_instructor
    from learning.services.structure import structure_changed

    call_command("migrate", verbosity=0)
    now, password = timezone.now(), make_password(PASSWORD)
    teacher = User.objects.create(email="ines@example.org", display_name="Ines", password=password)
    course = Course.objects.create(
        title="Bench", slug="bench", state="published", time_zone="UTC", required_lessons=LESSONS
    )
    make_instructor(teacher, course, at=now)
    module = Module.objects.create(course=course, title="All")
    Lesson.objects.bulk_create(
        Lesson(course=course, module=module, title=f"Lesson {k}", slug=f"l{k}", position=k) for k in range(LESSONS)
    )
    structure_changed(course, at=now)
    people = User.objects.bulk_create(
        User(email=f"learner{n:05d}@example.org", display_name=f"Learner {n}", password=password)
        for n in range(LEARNERS)
    )
    EmailAddress.objects.bulk_create(
        EmailAddress(user=one, email=one.email, verified=True, primary=True) for one in [teacher, *people]
    )
    filled(course, people[0].pk, LEARNERS, now)
    rebuild(at=now, told=lambda done, of: None)
    place_all()
    print(f"course {course.pk}, lessons {Lesson.objects.order_by('pk').values_list('pk', flat=True)[0]} and on")


if __name__ == "__main__":
    main()
