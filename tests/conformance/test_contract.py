"""The API keeps its word: every operation, asked at random within and outside its schema, as three people.

Schemathesis makes the requests from the OpenAPI schema, the WSGI application answers them in process, and each answer
is held against the schema: no crash, no status, content type or body that the schema does not name. What stands in
`{…}` and in fields that name something is drawn from things that exist, or everything would only be unknown.

Deterministic: the cases come from no seed but the code itself, and each is rolled back. `CONTRACT_CASES` asks more.
"""

from __future__ import annotations

import os
import sys
from collections import Counter, defaultdict
from random import Random
from typing import Any

import hypothesis
import pytest
import schemathesis
from django.core.cache import cache
from django.core.signals import got_request_exception, request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.builders import Person
from tests.conformance.world import Known, a_world

CASES = int(os.environ.get("CONTRACT_CASES", "1000"))
PEOPLE = ("anonymous", "learner", "instructor")
FEWEST_SUCCESSES = 5
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
]
# A stream does not end, and it is served by another process; tests/notifications has its tests.
STREAMS = {"/api/events/"}
# Operations that need more than can be drawn, and where they are tested.
SELDOM = {
    "POST /api/gamification/challenges/{id}/claim/": "a challenge that is met today: tests/gamification",
    "POST /api/devices/register/": "a site with keys, or with a gateway: tests/notifications/test_push.py",
    "POST /api/notifications/bounces/": "the mail provider's signature: tests/notifications/test_bounces.py",
    "POST /api/sms/inbound/": "the provider's signature: tests/notifications/test_sms.py",
}
CSRF = "c" * 32


class Talk:
    """Requests and what came of them."""

    def __init__(self, people: dict[str, Person], known: Known) -> None:
        self.people, self.known = people, known
        self.schema = schemathesis.openapi.from_wsgi("/api/schema/?format=json", get_wsgi_application())
        self.answers: dict[str, Counter[int]] = defaultdict(Counter)
        self.broken: list[str] = []
        self.crash: BaseException | None = None
        got_request_exception.connect(self._crashed, weak=False, dispatch_uid="contract")

    def operations(self) -> list[Any]:
        found = [result.ok() for result in self.schema.get_all_operations()]
        return [operation for operation in found if operation.path not in STREAMS]

    def ask_all(self, cases: int) -> None:
        operations = self.operations()
        each = max(8, -(-cases // (len(operations) * len(PEOPLE))))
        for operation in operations:
            for who in PEOPLE:
                self.ask(operation, who, each)
        self.known.often = 1
        for operation in operations:  # where chance made too little of what exists
            for who in PEOPLE[1:] if self.successes(operation.label) < FEWEST_SUCCESSES else ():
                self._draw(operation, who, GenerationMode.POSITIVE, 2 * FEWEST_SUCCESSES)

    def successes(self, label: str) -> int:
        return sum(n for status, n in self.answers[label].items() if status < 300)

    def ask(self, operation: Any, who: str, cases: int) -> None:
        """A third of the cases breaks the schema somewhere, where the operation takes anything at all."""
        wrong = cases // 3 if operation.body or operation.query else 0
        self._draw(operation, who, GenerationMode.POSITIVE, cases - wrong)
        if wrong:
            self._draw(operation, who, GenerationMode.NEGATIVE, wrong)

    def _draw(self, operation: Any, who: str, mode: GenerationMode, cases: int) -> None:
        @hypothesis.settings(
            max_examples=cases,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode), seed=st.integers(0, 2**32))
        def each(case: Any, seed: int) -> None:
            chance = Random(seed)
            if mode is GenerationMode.POSITIVE:
                self.known.fill(case, chance)
            elif not _is_wrong(case, ParameterLocation.PATH) and chance.random() < 0.5:
                self.known.fill_address(case, chance)  # and nothing that would put right what was drawn wrong
            self.send(case, who)

        each()

    def send(self, case: Any, who: str) -> None:
        """Ask, hold the answer against the schema, and leave everything as it was."""
        cache.clear()  # limits have tests of their own
        self.crash = None
        with transaction.atomic():
            answer = case.call(cookies=self._cookies(who), headers={"X-CSRFToken": CSRF})
            transaction.set_rollback(True)
        self.answers[case.operation.label][answer.status_code] += 1
        try:
            # An empty parameter is one that was not given (forms send such), where the schema's types know no empty.
            is_empty = "" in (case.query or {}).values()
            case.validate_response(
                answer, checks=[c for c in CHECKS if not (is_empty and c is negative_data_rejection)]
            )
        except (Failure, FailureGroup) as failure:
            reasons = getattr(failure, "exceptions", [failure])
            said = "; ".join(f"{type(r).__name__} {str(r)[:400]}" for r in reasons)
            self.broken.append(f"{who}: {case.as_curl_command()[:600]}\n  {answer.status_code} {said} {self.crash!r}")

    def _cookies(self, who: str) -> dict[str, str]:
        return {"csrftoken": CSRF, **{name: c.value for name, c in self.people[who].client.cookies.items()}}

    def _crashed(self, **kwargs: Any) -> None:
        self.crash = sys.exc_info()[1]

    def rarely_right(self) -> list[str]:
        """Operations that hardly ever succeeded: their cases say nothing about what they answer when all is well."""
        return [
            f"{label}: {dict(statuses)}"
            for label, statuses in sorted(self.answers.items())
            if label not in SELDOM and self.successes(label) < FEWEST_SUCCESSES
        ]


def _is_wrong(case: Any, place: ParameterLocation) -> bool:
    part = case.meta.components.get(place)
    return part is not None and part.mode is GenerationMode.NEGATIVE


@pytest.fixture
def talk(alice, bob, ines, anonymous, course, at_alice):
    people = dict(zip(PEOPLE, [anonymous, alice, ines], strict=True))
    known = a_world(alice, ines, course)
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)  # it would end the transaction that is rolled back
    yield Talk(people, known)
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)
    got_request_exception.disconnect(dispatch_uid="contract")


def test_every_answer_is_one_that_the_schema_names(talk):
    talk.ask_all(CASES)
    asked = sum(sum(statuses.values()) for statuses in talk.answers.values())
    crashed = sum(n for statuses in talk.answers.values() for status, n in statuses.items() if status >= 500)
    print(f"G29 cases={asked} operations={len(talk.answers)} broken={len(talk.broken)} 5xx={crashed}")
    assert asked >= CASES
    assert not talk.broken, "\n".join([f"{len(talk.broken)} of {asked}", *talk.broken[:25]])
    assert not talk.rarely_right(), "say in tests/conformance/world.py what they need:\n" + "\n".join(
        talk.rarely_right()
    )
