"""What people may write: every field of every body and form is on a list that somebody has looked at.

`writable.txt` is that list. A field that is added shows up here as a line to look at: may whoever can reach this set it?
`is_staff`, `xp`, `completed_at`, `course`, somebody's id …: no. When it may, the line goes into the file.
"""

from __future__ import annotations

import difflib
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.forms import BaseForm
from rest_framework import serializers

from learning.api.base import StrictSerializer
from learning.policies import POLICIES, Answer, Role
from tests.conformance.matrix.routes import Case
from tests.conformance.matrix.world import World, in_a_transaction
from tests.conformance.test_matrix import every_case, is_api, send

pytestmark = pytest.mark.django_db
REVIEWED = Path(__file__).with_name("writable.txt")
APPS = ("learning", "chat", "gamification", "notifications", "analytics")
WORTH_TRYING = {"is_staff": True, "user": 1, "xp": 10**6, "completed_at": "2026-01-01T00:00:00Z"}
NAMES = {m._meta.model_name for m in apps.get_models()} | {"learner", "student", "owner", "author"}


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    yield from in_a_transaction(django_db_blocker.unblock)


def _load() -> None:
    """Import every module that may define a body or a form."""
    for app in APPS:
        package = importlib.import_module(app)
        for module in pkgutil.walk_packages(package.__path__, f"{app}."):
            if re.search(r"\.(api|views|forms|admin)(\.|$)", module.name):
                importlib.import_module(module.name)


def _heirs(kind: type) -> Iterator[type]:
    for heir in kind.__subclasses__():
        yield heir
        yield from _heirs(heir)


def _name(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


WORDS = {"notifications.api.announcements.WordsSerializer.message"}  # called like a model, and a text
switches: set[str] = set()  # yes or no points at nothing


def bodies() -> dict[str, list[str]]:
    """Each body of the API with the fields that can be set in it."""
    found = {}
    for kind in set(_heirs(StrictSerializer)):
        if kind.__module__.split(".")[0] in APPS and (kind.__dict__.get("Meta") or not hasattr(kind, "Meta")):
            fields = kind().fields if hasattr(getattr(kind, "Meta", None), "model") or kind._declared_fields else {}
            found[_name(kind)] = sorted(n for n, f in fields.items() if not f.read_only)
            switches.update(f"{_name(kind)}.{n}" for n, f in fields.items() if isinstance(f, serializers.BooleanField))
    return {name: fields for name, fields in found.items() if fields}


def forms() -> dict[str, list[str]]:
    """Each form of a page with its fields; the admin's forms are in the admin's walk."""
    return {
        _name(kind): sorted(kind.base_fields)
        for kind in set(_heirs(BaseForm))
        if kind.__module__.split(".")[0] in APPS
        and ".admin" not in kind.__module__
        and getattr(kind, "base_fields", None)
    }


def test_every_field_that_can_be_written_has_been_looked_at():
    _load()
    now = [f"{name}: {', '.join(fields)}" for name, fields in sorted({**bodies(), **forms()}.items())]
    before = REVIEWED.read_text().splitlines()
    changed = [
        line for line in difflib.unified_diff(before, now, "looked at", "now", lineterm="", n=0) if line[:2] != "@@"
    ]
    assert not changed, "tests/conformance/writable.txt and the code differ:\n" + "\n".join(changed)


def with_bodies() -> Iterator[tuple[Any, Case]]:
    for address, case in every_case():
        if is_api(address) and case.method in {"POST", "PUT", "PATCH"}:
            yield address, case


def test_a_field_that_does_not_exist_is_refused_by_name(world):
    """Each body that works, with what would be worth trying: 400, the field named, nothing written."""
    wrong = []
    for address, case in with_bodies():
        body = case.body(world.a) if case.body else {}
        if not isinstance(body, dict) or POLICIES[case.policy].answers[Role.LEARNER] is Answer.REFUSED:
            continue
        for name, value in WORTH_TRYING.items():
            asked = send(world, _who_may(case), address, case, case.kwargs(world.a), {**body, name: value})
            told = [e["field"] for e in asked.answer.json().get("errors", [])] if asked.text.startswith("{") else []
            if asked.status != 400 or name not in told or asked.written:
                wrong.append(f"{case.method} {address.path} with {name}: {asked.status} {told} {asked.written[:1]}")
    assert not wrong, "\n".join(wrong)


def _who_may(case: Case) -> Role:
    """A learner, or where it does not exist for them, who teaches the course."""
    is_there = POLICIES[case.policy].answers[Role.LEARNER] is not Answer.HIDDEN
    return Role.LEARNER if is_there else Role.INSTRUCTOR


def test_every_field_that_names_a_thing_is_tried_with_a_strangers(world):
    """The matrix asks with strangers' things in bodies; here: no body has a field that it does not try."""
    _load()
    tried = {name for _address, case in with_bodies() if case.body for name in _differing(world, case)}
    pointing = {
        f"{name}.{field}"
        for name, fields in bodies().items()
        for field in fields
        if f"{name}.{field}" not in switches | WORDS
        and field.removesuffix("_id").removesuffix("s") in NAMES
        and field not in tried
    }
    assert not pointing, f"No row of matrix/routes.py sends a stranger's {pointing}"
    related = [
        f"{_name(kind)}.{name}"
        for kind in _heirs(StrictSerializer)
        for name, field in kind._declared_fields.items()
        if isinstance(field, serializers.RelatedField)
    ]
    assert not related, (
        "a related field chooses among all rows: name the thing by its id and look for it in `.of(viewer)`"
    )


def _differing(world: World, case: Case) -> set[str]:
    ours, theirs = case.body(world.a), case.body(world.b)
    return {name for name in ours if ours[name] != theirs.get(name)} if isinstance(ours, dict) else set()


def test_a_strangers_thing_in_a_body_is_not_there(world):
    """Under an address of our own, where there is one: refused, and nothing of it told or stored."""
    wrong = []
    for address, case in with_bodies():
        named = {"lesson", "course", "question", "answers"} & (_differing(world, case) if case.body else set())
        if not named:
            continue
        asked = send(world, Role.LEARNER, address, case, case.kwargs(world.a), case.body(world.b))
        if asked.status not in {400, 403, 404} or asked.written:
            wrong.append(f"{case.method} {address.path} with a stranger's {named}: {asked.status} {asked.written[:1]}")
    assert not wrong, "\n".join(wrong)
