"""Loading the demo, once."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from learning.demo.bread import BREAD
from learning.demo.courses import FINDING_YOUR_WAY, WRITING, make_course
from learning.demo.habits import DAYS
from learning.demo.history import relive
from learning.demo.people import ALICE, IGOR, INES, IRIS, LOGINS, make_people
from learning.demo.population import populate
from learning.models import Course, User

OPENED = dt.timedelta(days=DAYS + 10)
TAUGHT = ((FINDING_YOUR_WAY, INES), (WRITING, IGOR), (BREAD, IRIS))
LEARNERS = 310  # and Alice and Bob


class InTheWay(Exception):
    """Something with a name of the demo is there, and it is not the demo."""


@transaction.atomic
def load_demo(*, at: dt.datetime, learners: int = 0) -> bool:
    """Make the people, the courses, Alice's last days and so many more learners with their facts.

    Where the demo is, nothing changes and the answer is False. What follows from the facts of those learners is not
    there before the rebuild commands have run.
    """
    people = set(User.objects.filter(email__in=[login.email for login in LOGINS]).values_list("email", flat=True))
    courses = set(Course.objects.filter(slug__in=[plan.slug for plan, _ in TAUGHT]).values_list("slug", flat=True))
    if ALICE.email in people and FINDING_YOUR_WAY.slug in courses:
        return False
    if people or courses:
        raise InTheWay("Some accounts or courses with the demo's names exist already.")
    made = make_people(at=at - OPENED)
    opened = [make_course(plan, made[login], at=at - OPENED) for plan, login in TAUGHT]
    relive(made[ALICE], opened[0], at=at)
    populate(opened, learners=learners, at=at)
    return True


def demo_in_a_line() -> str:
    """How many learn here, and for how long they have."""
    learners = User.objects.filter(is_staff=False).count()
    return f"{learners} learners, {DAYS} days of activity"
