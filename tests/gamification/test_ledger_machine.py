"""Whatever happens, and in whatever order: what is shown is the sum of the ledger."""

from __future__ import annotations

import datetime as dt

from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gamification.kinds import Rule, level_of
from gamification.models import Profile, XPEntry
from gamification.selectors.profile import profile
from gamification.services.rebuild import rebuild_xp
from gamification.services.streaks import mark_active, rebuild_streak
from gamification.services.xp import award, correct, pay

NOON = dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC)
SOURCES = st.integers(1, 12)
OPERATIONS = st.one_of(
    st.tuples(st.just("lesson"), SOURCES),
    st.tuples(st.just("practice"), SOURCES),
    st.tuples(st.just("course"), SOURCES),
    st.tuples(st.just("challenge"), SOURCES),
    st.tuples(st.just("correction"), st.integers(-60, 60).filter(bool)),
    st.tuples(st.just("active"), st.integers(0, 20)),
    st.tuples(st.just("rebuild"), st.just(0)),
)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.booleans(), OPERATIONS), min_size=60, max_size=140))
def test_the_shown_total_is_the_sum_of_the_ledger_after_any_operations(alice, bob, operations):
    """About 5,000 operations in all, by two learners; each source pays once, however often it is tried."""
    people = (alice.user, bob.user)  # the ledger is never emptied: each run goes on where the last one stopped
    for is_second, (what, n) in operations:
        _do(people[is_second], people[0], what, n)
        assert all(_shown(person) == _summed(person) for person in people)
    keys = list(XPEntry.objects.exclude(rule=Rule.CORRECTION).values_list("learner", "rule", "source"))
    assert len(keys) == len(set(keys))
    assert profile(people[0], at=NOON).level == level_of(_summed(people[0]))


def _do(learner, by, what: str, n: int) -> None:
    paid = {"learner": learner, "at": NOON, "day": NOON.date()}
    rules = {"lesson": Rule.LESSON, "practice": Rule.PRACTICE, "course": Rule.COURSE}
    if what in rules:
        award(rule=rules[what], source=f"{what}:{n}", **paid)
    elif what == "challenge":
        pay(rule=Rule.CHALLENGE, source=f"challenge:{n}", amount=20 + n, reason="Met", **paid)
    elif what == "correction":
        correct(learner=learner, amount=n, reason="Because", by=by, at=NOON)
    elif what == "active":
        mark_active(learner=learner, day=NOON.date() - dt.timedelta(days=n), at=NOON)
    else:
        rebuild_streak(learner)
        rebuild_xp()


def _shown(learner) -> int:
    return Profile.objects.filter(learner=learner).values_list("xp", flat=True).first() or 0


def _summed(learner) -> int:
    return XPEntry.objects.filter(learner=learner).aggregate(n=Sum("amount"))["n"] or 0
