"""Who is in the demo. Scripts rely on these addresses and on the password."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from learning.models import User
from learning.models.people import STAFF_GROUP

PASSWORD = "cairn-demo"  # noqa: S105  (printed on start; the demo has no secrets)


@dataclass(frozen=True, eq=False)
class Login:
    """One account of the demo, with the words that the start screen has for it."""

    email: str
    name: str
    time_zone: str
    what: str
    rights: dict[str, Any] = field(default_factory=dict)
    is_staff_member: bool = False


ALICE = Login("alice@example.org", "Alice Moreno", "Europe/Madrid", "learner, half-way through a course")
BOB = Login("bob@example.org", "Bob Carter", "America/New_York", "learner, new here")
INES = Login("ines@example.org", "Ines Duarte", "Europe/Lisbon", "instructor of “Finding your way”")
IGOR = Login("igor@example.org", "Igor Novak", "Europe/Prague", "instructor of “Writing that people read”")
IRIS = Login("iris@example.org", "Iris Tehrani", "Asia/Tehran", "instructor of “Bread from four things”")
STAFF = Login("staff@example.org", "Sam Okafor", "UTC", "staff", {"is_staff": True}, is_staff_member=True)
ADMIN = Login("admin@example.org", "Ada Lind", "UTC", "superuser", {"is_staff": True, "is_superuser": True})
LOGINS = (ALICE, BOB, INES, IGOR, IRIS, STAFF, ADMIN)


def make_people(*, at: dt.datetime) -> dict[Login, User]:
    """Every account with a verified address."""
    password = make_password(PASSWORD)  # one hash for all: a slow function is slow once
    return {login: _make(login, password, at=at) for login in LOGINS}


def _make(login: Login, password: str, *, at: dt.datetime) -> User:
    user = User.objects.create(
        email=login.email,
        password=password,
        display_name=login.name,
        time_zone=login.time_zone,
        date_joined=at,
        **login.rights,
    )
    user.emailaddress_set.create(email=login.email, verified=True, primary=True)
    if login.is_staff_member:
        user.groups.add(Group.objects.get_or_create(name=STAFF_GROUP)[0])
    return user
