"""Who gets what: every address and method, asked by every role, beside a second set of courses that nobody of us knows.

The table is learning.policies; what each address is asked with is matrix/routes.py; who asks is matrix/world.py. A new
address without a row fails here. Admin pages are walked in test_matrix_admin.py.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.urls import NoReverseMatch, reverse

from config.checks import HTTP, LISTED, Address, acts_of, addresses, policies_at
from learning.policies import POLICIES, Answer, Role
from tests.conformance.matrix.routes import ROWS, Case
from tests.conformance.matrix.world import OPEN, SECRET, Asked, World, in_a_transaction, our_models, texts

pytestmark = pytest.mark.django_db
METHODS = [method.upper() for method in HTTP]
MAY = {Answer.YES, Answer.OWN, Answer.READ}
# Whoever is nobody to a course, and what the table calls them there.
AS_STRANGERS = {
    Role.VISITOR: Role.VISITOR,
    Role.LEARNER: Role.OUTSIDER,
    Role.OTHER_LEARNER: Role.OUTSIDER,
    Role.OUTSIDER: Role.OUTSIDER,
    Role.INSTRUCTOR: Role.OTHER_INSTRUCTOR,
    Role.OTHER_INSTRUCTOR: Role.OTHER_INSTRUCTOR,
    Role.TOKEN: Role.OUTSIDER,
}


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    yield from in_a_transaction(django_db_blocker.unblock)


def ours() -> Iterator[Address]:
    """Every address but the admin's and those of libraries."""
    for address in addresses():
        if not address.path.startswith("/admin/") and address.name not in LISTED:
            yield address


def is_api(address: Address) -> bool:
    return address.path.startswith("/api/")


def cases(address: Address, method: str) -> list[Case]:
    """What the address is asked with by this method: its rows, or the one that follows from its declaration."""
    if address.name in ROWS:
        return [case for case in ROWS[address.name] if case.method == method]
    policies = policies_at(address, method.lower())
    if method == "GET" and len(policies) == 1 and not address.pattern.pattern.converters:
        return [Case(policies[0].name)]
    return []


def expected(case: Case, role: Role, address: Address, *, stranger: bool = False) -> tuple[int, ...]:
    """The statuses that keep the table's promise; none where it makes none."""
    answer = POLICIES[case.policy].answers[AS_STRANGERS[role] if stranger else role]
    if answer is Answer.NONE or (role is Role.TOKEN and not is_api(address)):
        return ()
    if answer in case.instead:
        return (case.instead[answer],)
    if answer is Answer.OWN and case.personal and (stranger or role not in {Role.LEARNER, Role.TOKEN}):
        return (404,)
    if answer in MAY:
        return (case.ok,) if isinstance(case.ok, int) else case.ok
    if answer is Answer.SIGN_IN:
        return (401,) if is_api(address) else (302,)
    return (404,) if answer is Answer.HIDDEN else (403,)


def where(address: Address, kwargs: dict[str, object]) -> str:
    return reverse(address.name, kwargs=kwargs)


def send(world: World, role: Role, address: Address, case: Case, kwargs: dict[str, object], body: object) -> Asked:
    return world.ask(role, case.method, where(address, kwargs), body, as_form=not is_api(address))


def every_case() -> Iterator[tuple[Address, Case]]:
    for address in ours():
        for method in METHODS:
            for case in cases(address, method):
                yield address, case


def test_every_address_and_method_has_its_row():
    """What is reachable is tried; what the rows name exists, and falls under a policy that its view declares."""
    missing, wrong = [], []
    for address in ours():
        known = {m for m in METHODS if cases(address, m)}
        wanted = {m.upper() for m in acts_of(address)} or known or {"GET"}
        missing += [f"{method} {address.path} ({address.name})" for method in sorted(wanted - known)]
        for method in sorted(known):
            declared = {p.name for p in policies_at(address, method.lower())}
            tried = {case.policy for case in cases(address, method)}
            wrong += [f"{method} {address.path}: {name} is not declared there" for name in sorted(tried - declared)]
    assert not missing, "No row in tests/conformance/matrix/routes.py for:\n" + "\n".join(missing)
    assert not wrong, "\n".join(wrong)
    left_over = set(ROWS) - {address.name for address in addresses()}
    assert not left_over, f"Rows for addresses that do not exist: {sorted(left_over)}"


def test_each_role_is_answered_as_the_table_says(world):
    wrong = []
    for address, case in every_case():
        for role in world.people:
            promised = expected(case, role, address)
            if not promised:
                continue
            asked = send(world, role, address, case, case.kwargs(world.a), case.body and case.body(world.a))
            wrong += problems(asked, role, address, case, promised)
    cases_ = len(list(every_case()))
    print(
        f"G6 addresses={len(list(ours()))} cases={cases_} roles={len(world.people)} requests={world.requests} wrong={len(wrong)}"
    )
    assert not wrong, "\n".join(wrong)


def test_what_belongs_to_strangers_is_theirs(world):
    """The same, asked for the strangers' things, in the address and in the body."""
    wrong, before = [], world.requests
    for address, case in every_case():
        if not (case.at or case.body):
            continue
        for role in AS_STRANGERS:
            promised = expected(case, role, address, stranger=True)
            if not promised:
                continue
            asked = send(world, role, address, case, case.kwargs(world.b), case.body and case.body(world.b))
            wrong += problems(asked, role, address, case, promised, of="a stranger's")
    print(f"G7 requests={world.requests - before} wrong={len(wrong)}")
    assert not wrong, "\n".join(wrong)


def test_a_thing_under_a_strangers_parent_is_not_there(world):
    """A lesson of one course under the address of another, and the other way round."""
    wrong = []
    for address, case in every_case():
        if len(case.at) < 2:
            continue
        for sides in ((world.a, world.b), (world.b, world.a)):
            for role in world.people:
                if not expected(case, role, address):
                    continue
                asked = send(world, role, address, case, case.kwargs(*sides), case.body and case.body(world.a))
                told = (401,) if role is Role.VISITOR and is_api(address) else (404,)
                wrong += problems(asked, role, address, case, told, of="a mixed")
    assert not wrong, "\n".join(wrong)


def test_what_does_not_exist_is_404_for_whoever_may_ask(world):
    wrong = []
    for address, case in every_case():
        if not case.at:
            continue
        for role in world.people:
            answer = POLICIES[case.policy].answers[role]
            if not expected(case, role, address) or (answer is Answer.SIGN_IN and is_api(address)):
                continue
            asked = send(world, role, address, case, case.unknown(), case.body and case.body(world.a))
            if not (answer is Answer.SIGN_IN and asked.leads_to_sign_in):
                wrong += problems(asked, role, address, case, (404,), of="an unknown")
    assert not wrong, "\n".join(wrong)


def problems(
    asked: Asked, role: Role, address: Address, case: Case, promised: tuple[int, ...], of: str = "our"
) -> list[str]:
    """What is wrong with an answer, in sentences."""
    told = f"{case.method} {address.path} ({case.policy}, {of} {'/'.join(case.at.values()) or 'page'}) as {role.name}"
    found = []
    if asked.status not in promised:
        why = getattr(asked.answer, "exc_info", None)
        found.append(f"{told}: {asked.status} instead of {_either(promised)} {why[1] if why else ''}")
    if promised == (302,) and asked.status == 302 and POLICIES[case.policy].answers[role] is Answer.SIGN_IN:
        found += [] if asked.leads_to_sign_in else [f"{told}: leads to {asked.answer['Location']}"]
    if asked.status in {401, 403, 404, 405} and asked.written:
        found.append(f"{told}: refused, and yet wrote {asked.written[0][:80]}")
    if _knows_nothing_of_strangers(role, case) and SECRET.lower() in asked.text.lower():
        at = asked.text.lower().index(SECRET.lower())
        found.append(f"{told}: carries a stranger's text: …{asked.text[max(0, at - 60) : at + 60]}…")
    return found


def _either(statuses: tuple[int, ...]) -> str:
    return " or ".join(map(str, statuses))


def _knows_nothing_of_strangers(role: Role, case: Case) -> bool:
    """Staff may look at courses; at what is a person's own they may not."""
    if role in {Role.STAFF, Role.SUPERUSER}:
        return POLICIES[case.policy].answers[role] is Answer.OWN
    return True


def test_lists_hold_exactly_what_their_reader_may_see(world):
    wrong = []
    for address, case in every_case():
        if case.method != "GET" or not is_api(address):
            continue
        for role, person in world.people.items():
            if POLICIES[case.policy].answers[role] not in MAY or 200 not in expected(case, role, address):
                continue
            answer = send(world, role, address, case, case.kwargs(world.a), {"page_size": 100} if case.ids else None)
            if "results" not in (answer.answer.json() if answer.text.startswith("{") else {}):
                continue
            if case.ids is None:
                wrong.append(f"{address.path} is a list; its row does not say which ids are in it.")
                continue
            reader = world.people[Role.LEARNER] if role is Role.TOKEN else person
            shown = {row["id"] for row in answer.answer.json()["results"]}
            wanted = case.ids(world, reader)
            wrong += [] if shown == wanted else [f"{address.path} as {role.name}: {shown} instead of {wanted}"]
    assert not wrong, "\n".join(wrong)


def test_a_wrong_method_is_said_before_anything_is_asked_about_the_caller(world):
    wrong = []
    for address in ours():
        known = {m for m in METHODS if cases(address, m)} | {m.upper() for m in acts_of(address)}
        kwargs = next((c.kwargs(world.a) for m in METHODS for c in cases(address, m)), {})
        for method in [m for m in METHODS if m not in known]:
            for role in (Role.VISITOR, Role.OUTSIDER):
                asked = world.ask(role, method, where(address, kwargs), as_form=not is_api(address))
                if asked.status != 405:
                    wrong.append(f"{method} {address.path} as {role.name}: {asked.status} instead of 405")
    assert not wrong, "\n".join(wrong)


def test_pages_of_libraries_answer_as_their_line_says(world):
    wrong = []
    for address in addresses():
        if address.name not in LISTED or address.path.startswith("/admin/"):
            continue
        for role in world.people:
            promised = _of_a_library(address, role)
            asked = world.ask(role, "GET", _somewhere(address))
            if role is not Role.TOKEN and asked.status not in promised:
                wrong.append(f"{address.path} as {role.name}: {asked.status} instead of {promised}")
            if SECRET.lower() in asked.text.lower():
                wrong.append(f"{address.path} as {role.name} carries a stranger's text")
    assert not wrong, "\n".join(wrong)


def _of_a_library(address: Address, role: Role) -> set[int]:
    """They lead on where there is nothing to do: from the sign-in who is signed in, to a form that fits."""
    answer = POLICIES[LISTED[address.name]].answers[role]
    return {302} if answer is Answer.SIGN_IN else {200, 302}


def _somewhere(address: Address) -> str:
    try:
        return reverse(address.name)
    except NoReverseMatch:
        return reverse(address.name, kwargs={"uidb36": "1", "key": "no-such-key"})


def test_the_strangers_texts_all_carry_the_mark(world):
    """Else the walk would look for something that is not there."""
    bare = []
    for model in our_models():
        for field in texts(model):
            kept = model._default_manager.filter(
                **{f"{field.name}__icontains": SECRET}
            ) | model._default_manager.filter(**{f"{field.name}__icontains": OPEN})
            if not kept.exists():
                bare.append(f"{model._meta.label}.{field.name}")
    assert not bare, f"No stranger has words in {bare}: matrix/world.py makes none."
