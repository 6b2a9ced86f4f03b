"""The admin, page by page and role by role, from its registry; tests/learning/test_admin_walls.py looks behind the walls.

A page that is added later is walked as well: what its policy promises is looked up, not written down again here.
"""

from __future__ import annotations

from operator import attrgetter
from typing import Any

import pytest
from django.contrib import admin
from django.db import models
from django.urls import reverse

from analytics.admin.base import PAGES as COURSE_PAGES
from config.checks import addresses
from learning.models import Certificate
from learning.policies import POLICIES, Answer, Role, declared
from tests.conformance.matrix.world import OPEN, SECRET, World, in_a_transaction

pytestmark = pytest.mark.django_db
PAGES = sorted(admin.site._registry, key=lambda m: m._meta.label)
VIEWS = ("changelist", "add", "change", "history", "delete")
HUGE = "9" * 30


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    yield from in_a_transaction(django_db_blocker.unblock)


def page(model: type[models.Model]) -> Any:
    return admin.site._registry[model]


def url(model: type[models.Model], view: str, *args: Any, query: str = "") -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{view}", args=args) + query


def own_row(world: World, model: type[models.Model], side: Any) -> Any:
    """A row of the side's course where the page is by course; else any row."""
    path = getattr(page(model), "course_path", None)
    rows = model._default_manager.all()
    return (rows.filter(**{path: side.course.pk}) if path else rows).order_by("pk").first()


def promised(model: type[models.Model], view: str, role: Role) -> set[int]:
    """The statuses that the page's policy, and what it lets nobody do, come to."""
    answer = declared(page(model))[0].answers[role]
    if answer is Answer.SIGN_IN:
        return {302}
    if answer is Answer.REFUSED:
        return {302, 403} if view in {"change", "history", "delete"} and role is not Role.LEARNER else {403}
    if view == "add" and not page(model).can_add:
        return {403}
    if view == "delete":
        return {200, 302, 403} if page(model).can_delete else {403}
    return {200}


ROLES = [r for r in Role if r not in {Role.TOKEN, Role.LINK}]


@pytest.mark.parametrize("model", PAGES, ids=lambda m: m._meta.label_lower)
def test_each_page_answers_each_role_as_its_policy_says(world, model):
    wrong = []
    row = own_row(world, model, world.a)
    for view in VIEWS:
        if row is None and view not in {"changelist", "add"}:
            continue
        for role in ROLES:
            if role is Role.OTHER_INSTRUCTOR and view not in {"changelist", "add"}:
                continue  # to them the row is a stranger's: the next test
            asked = world.ask(role, "GET", url(model, view, *([row.pk] if view not in {"changelist", "add"} else [])))
            if asked.status not in promised(model, view, role):
                wrong.append(f"{view} as {role.name}: {asked.status}, not {promised(model, view, role)}")
            if asked.status == 302 and role is Role.VISITOR and not asked.leads_to_sign_in:
                wrong.append(f"{view} as {role.name} leads to {asked.answer['Location']}")
            if role not in {Role.STAFF, Role.SUPERUSER} and _strange(asked.text):
                wrong.append(f"{view} as {role.name} carries a stranger's text")
            if asked.status in {302, 403} and asked.written:
                wrong.append(f"{view} as {role.name}: refused, and yet wrote {asked.written[0][:80]}")
    assert not wrong, "\n".join(wrong)


def _strange(text: str) -> bool:
    """In the admin even what the strangers' public pages say is none of ours. The shelves are everybody's."""
    return SECRET.lower() in text.lower() or f"{OPEN} title" in text or f"{OPEN} display_name" in text


@pytest.mark.parametrize(
    "model", [m for m in PAGES if hasattr(page(m), "course_path")], ids=lambda m: m._meta.label_lower
)
def test_a_strangers_row_is_not_there(world, model):
    wrong = []
    row = own_row(world, model, world.b)
    if row is None:
        pytest.skip("the strangers have none")
    for view in ("change", "history", "delete"):
        for role in (Role.INSTRUCTOR, Role.OTHER_INSTRUCTOR):
            for method in ("GET", "POST"):
                asked = world.ask(role, method, url(model, view, row.pk), {"post": "yes"}, as_form=method == "POST")
                if asked.status not in {302, 403, 404} or asked.written or _strange(asked.text):
                    wrong.append(f"{method} {view} as {role.name}: {asked.status} {asked.written}")
    assert not wrong, "\n".join(wrong)


def choices(form: Any) -> dict[str, Any]:
    return {name: f for name, f in form.base_fields.items() if getattr(f, "queryset", None) is not None}


@pytest.mark.parametrize(
    "model",
    [m for m in PAGES if hasattr(page(m), "course_path") and page(m).can_change],
    ids=lambda m: m._meta.label_lower,
)
def test_no_field_that_points_somewhere_takes_a_strangers_thing(world, model, rf):
    """Every foreign key and many-to-many of every form and inline, asked with each thing that the strangers have."""
    request = rf.get("/admin/")
    request.user = type(world.a.teacher).objects.get(pk=world.a.teacher.pk)
    strange = {type(thing): thing.pk for thing in vars(world.b).values() if isinstance(thing, models.Model)}
    row = own_row(world, model, world.a)
    forms = [page(model).get_form(request, None, change=False), page(model).get_form(request, row, change=True)]
    inlines = page(model).get_formsets_with_inlines(request, row) if row else []
    forms += [formset.form for formset, _inline in inlines]
    taken = []
    for form in forms:
        for name, field in choices(form).items():
            key = strange.get(field.queryset.model)
            if (
                key
                and field.queryset.model._meta.label != "learning.Category"
                and field.queryset.filter(pk=key).exists()
            ):
                taken.append(f"{form.__name__}.{name} takes {field.queryset.model._meta.label} {key}")
    assert not taken, "\n".join(taken)


@pytest.mark.parametrize("model", PAGES, ids=lambda m: m._meta.label_lower)
def test_a_query_typed_by_hand_breaks_nothing(world, model):
    """Numbers that no database holds, years that no calendar has: the page comes without them."""
    broken = []
    dates = [f.name for f in model._meta.concrete_fields if isinstance(f, models.DateField)][:2]
    related = [f.name for f in model._meta.get_fields() if f.is_relation][:3]
    queries = [f"?{name}__year={year}" for name in dates for year in ("0", "10000", HUGE)]
    queries += [f"?{name}={value}" for name in related for value in (HUGE, "x")]
    for query in ["?p=0", f"?p={HUGE}", "?q=%00", f"?o={HUGE}", *queries]:
        for view in ("changelist", "add"):
            asked = world.ask(Role.SUPERUSER, "GET", url(model, view, query=query))
            if asked.status >= 500:
                broken.append(f"{view}{query}: {asked.answer.exc_info[1]!r}")
    assert not broken, "\n".join(broken)


# What stands in the address of a page about a course, as members of a side of the world.
PLACES = {"course": "course.pk", "lesson": "lesson.pk", "student": "learner.pk"}


def course_pages() -> list[tuple[str, str, tuple[str, ...]]]:
    """Name, the names in its address, and policies of every page about a course that can be looked at."""
    ours = {one.address: one for one in COURSE_PAGES.values()}
    return [
        (found.name, tuple(found.pattern.pattern.converters), found.pattern.callback.policies)
        for found in addresses()
        if found.name in ours and "GET" in getattr(ours[found.name].view, "methods", ["GET"])
    ]


def test_each_page_about_a_course_answers_each_role_as_its_policy_says(world):
    """Ours, the strangers', one that does not exist, and a thing of theirs under an address of ours."""
    wrong = []
    assert len(course_pages()) >= 1
    for name, names, policies in course_pages():
        mine, theirs = ({n: attrgetter(PLACES[n])(side) for n in names} for side in (world.a, world.b))
        mixed = {n: (mine if n == "course" else theirs)[n] for n in names}
        for role in ROLES:
            answer = POLICIES[policies[0]].answers[role]
            may = role in {Role.STAFF, Role.SUPERUSER}
            for of, kwargs, statuses in (
                ("ours", mine, {200} if answer in {Answer.YES, Answer.OWN, Answer.READ} else {404}),
                ("a stranger's", theirs, {200} if may else {404}),
                ("a mixed", mixed, {404} if mixed != mine else None),
                ("an unknown", dict.fromkeys(names, 987_654), {404}),
            ):
                if statuses is None:
                    continue
                told = {302} if answer is Answer.SIGN_IN else {403} if answer is Answer.REFUSED else statuses
                asked = world.ask(role, "GET", reverse(name, kwargs=kwargs))
                if asked.status not in told:
                    wrong.append(f"{of} {name} as {role.name}: {asked.status}, not {told}")
                if role not in {Role.STAFF, Role.SUPERUSER} and _strange(asked.text):
                    wrong.append(f"{of} {name} as {role.name} carries a stranger's text")
    assert not wrong, "\n".join(wrong)


def test_an_instructor_does_not_revoke_a_certificate(world):
    """An action that the page offers to staff only is not there for a hand-made POST."""
    body = {"action": "revoke_selected", "_selected_action": [world.a.certificate.pk]}
    for role, done in ((Role.INSTRUCTOR, False), (Role.OTHER_INSTRUCTOR, False), (Role.STAFF, True)):
        asked = world.ask(role, "POST", url(Certificate, "changelist"), body, as_form=True)
        assert any("learning_certificate" in sql for sql in asked.written) is done, role
