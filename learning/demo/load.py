"""Loading the demo, once."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from learning.demo.courses import FINDING_YOUR_WAY, WRITING, make_course
from learning.demo.history import relive
from learning.demo.people import ALICE, IGOR, INES, LOGINS, make_people
from learning.models import Course, User

OPENED = dt.timedelta(days=30)


class InTheWay(Exception):
    """Something with a name of the demo is there, and it is not the demo."""


@transaction.atomic
def load_demo(*, at: dt.datetime) -> bool:
    """Make the people, the courses and Alice's last days. Where they are, nothing changes and the answer is False."""
    people = User.objects.filter(email__in=[login.email for login in LOGINS]).count()
    courses = Course.objects.filter(slug__in=[FINDING_YOUR_WAY.slug, WRITING.slug]).count()
    if people == len(LOGINS):
        return False
    if people or courses:
        raise InTheWay("Some accounts or courses with the demo's names exist already.")
    made = make_people(at=at - OPENED)
    course = make_course(FINDING_YOUR_WAY, made[INES], at=at - OPENED)
    make_course(WRITING, made[IGOR], at=at - OPENED)
    relive(made[ALICE], course, at=at)
    return True
