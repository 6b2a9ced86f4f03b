"""Who stands out in a course on a day, why, and by how much: the four reasons with their receipts."""

from __future__ import annotations

import datetime as dt
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import accumulate

from analytics.kinds.risk import Measure, Reason
from analytics.models import RiskThresholds
from analytics.ranking import Peers, median, scores
from analytics.selectors.facts_of_risk import ONE_DAY, Facts

# Fewer than this cannot be compared with one another.
LEAST_COHORT = 3
# Who did less in 14 days is not stuck but away; who completed less is not judged by their pace.
ACTIVE_DAYS_OF_THE_STUCK = 2
COMPLETIONS_OF_THE_RUSHING = 3
# With half of its usual study a course is at work, and a few who are missing are just that.
NO_HOLIDAY = 0.5
# Seven ordinary days are seven days, though a course's weeks are never quite alike.
ALMOST = 0.5


@dataclass(frozen=True)
class Receipt:
    """Why, in numbers: what was measured, the learner's value, the others' median, and since when."""

    measure: Measure
    value: float
    median: float | None
    since: dt.date

    def as_json(self) -> dict[str, str | float | None]:
        middle = None if self.median is None else round(self.median, 1)
        return {
            "measure": self.measure.value,
            "value": round(self.value, 1),
            "median": middle,
            "since": self.since.isoformat(),
        }


@dataclass
class Judged:
    """A course's day: everybody's score, and the receipts of who stands out."""

    facts: Facts
    scores: array[float]
    receipts: dict[int, dict[Reason, Receipt]]
    is_enough: bool


def judge(facts: Facts, thresholds: RiskThresholds) -> Judged:
    """Scores for all; reasons where there are enough people to compare, and of nobody who is new or on vacation."""
    is_enough = len(facts.cohort) >= LEAST_COHORT and any(facts.studied.values())
    receipts: dict[int, dict[Reason, Receipt]] = {}
    for reason, n, receipt in _reasons(facts, thresholds) if is_enough else ():
        if facts.cohort.tenure[n] >= thresholds.grace_days and not facts.cohort.paused[n]:
            receipts.setdefault(n, {})[reason] = receipt
    return Judged(facts, scores(facts.signals), receipts, is_enough)


def _reasons(facts: Facts, thresholds: RiskThresholds) -> Iterator[tuple[Reason, int, Receipt]]:
    for n, receipt in _inactive(facts, thresholds):
        yield Reason.INACTIVE, n, receipt
    for n, receipt in _stuck(facts, thresholds):
        yield Reason.STUCK, n, receipt
    for n, receipt in _struggling(facts, thresholds):
        yield Reason.STRUGGLING, n, receipt
    for n, receipt in _rushing(facts, thresholds):
        yield Reason.RUSHING, n, receipt


Found = Iterator[tuple[int, Receipt]]


def _standing_out(
    facts: Facts,
    measure: Measure,
    values: array[float],
    *,
    among: Callable[[int], bool],
    stands_out: Callable[[float], bool],
    days: array[float],
) -> Found:
    """Those among some who stand out; nobody where half of them do: then it is the course's matter, not theirs."""
    compared = [n for n in range(len(values)) if among(n)]
    middle = median(values[n] for n in compared)
    if middle is None or stands_out(middle):
        return
    peers = Peers((facts.cohort.tenure[n], values[n]) for n in compared)
    for n in compared:
        if stands_out(values[n]):
            since = facts.span.day - dt.timedelta(days=max(0, round(days[n])))
            yield n, Receipt(measure, values[n], peers.median_at(facts.cohort.tenure[n]), since)


def _inactive(facts: Facts, thresholds: RiskThresholds) -> Found:
    """Silent for long, by the course's own clock. Half of a course may be: in an open one they often are."""
    rhythm = Rhythm(facts.studied, facts.span.day, people=len(facts.cohort))
    peers = Peers(zip(facts.cohort.tenure, facts.silent, strict=True))
    for n, days in enumerate(facts.silent):
        if rhythm.weighed(int(days)) >= thresholds.inactive_days - ALMOST:
            since = facts.span.day - dt.timedelta(days=int(days))
            yield n, Receipt(Measure.DAYS_SILENT, days, peers.median_at(facts.cohort.tenure[n]), since)


def _stuck(facts: Facts, thresholds: RiskThresholds) -> Found:
    return _standing_out(
        facts,
        Measure.DAYS_WITHOUT_COMPLETION,
        facts.without_completion,
        among=lambda n: facts.active_days[n] >= ACTIVE_DAYS_OF_THE_STUCK,
        stands_out=lambda days: days >= thresholds.stuck_days,
        days=facts.without_completion,
    )


def _struggling(facts: Facts, thresholds: RiskThresholds) -> Found:
    """By attempts; and by questions, of those whom the attempts do not tell of already."""
    told = set[int]()
    for n, receipt in _standing_out(
        facts,
        Measure.FAILED_ATTEMPTS,
        facts.failed,
        among=lambda n: facts.active_days[n] > 0 or facts.failed[n] > 0,
        stands_out=lambda attempts: attempts >= thresholds.failed_attempts,
        days=facts.failed_for,
    ):
        told.add(n)
        yield n, receipt
    for n, receipt in _standing_out(
        facts,
        Measure.QUESTIONS_ON_A_TOPIC,
        facts.questions,
        among=lambda n: facts.active_days[n] > 0 or facts.questions[n] > 0,
        stands_out=lambda questions: questions >= thresholds.topic_questions,
        days=facts.asking_for,
    ):
        if n not in told:
            yield n, receipt


def _rushing(facts: Facts, thresholds: RiskThresholds) -> Found:
    return _standing_out(
        facts,
        Measure.PERCENT_OF_TIME,
        facts.percent_of_time,
        among=lambda n: facts.completions[n] >= COMPLETIONS_OF_THE_RUSHING,
        stands_out=lambda percent: percent < thresholds.rushing_percent,
        days=facts.completing_for,
    )


class Rhythm:
    """How much a course studies, and what a day of silence in it therefore weighs.

    On a day that ends a week with half the study of the three weeks before, silence weighs half a day; it never weighs
    more than a day. So a week of holidays makes nobody silent, and who was silent before it still is. Two learners may
    be missing without that being a holiday: in a small course it is them that one asks about.
    """

    WEEK, BEFORE, MISSING = 7, 21, 2

    def __init__(self, studied: dict[dt.date, int], day: dt.date, *, people: int) -> None:
        opened = min(studied, default=day)
        sums = [0]
        for n in range((day - opened).days + 1):
            sums.append(sums[-1] + studied.get(opened + n * ONE_DAY, 0))
        slack = self.MISSING / max(1, people)
        weights = [_weight(sums, n, self.WEEK, self.BEFORE, slack) for n in range(1, len(sums))]
        # Of the last n days: what they weigh together.
        self._weighs = [0.0, *accumulate(reversed(weights))]

    def weighed(self, days: int) -> float:
        """What so many days of silence, up to the day, weigh. Before anybody studied there was nothing to miss."""
        return self._weighs[min(days, len(self._weighs) - 1)]


def _weight(sums: list[int], n: int, week: int, before: int, slack: float) -> float:
    """Of the n-th day of a course, from the running sums of its daily learners."""
    now = sums[n] - sums[max(0, n - week)]
    earlier = max(0, n - week)
    span = earlier - max(0, earlier - before)
    if not span:
        return float(now > 0)
    usual = (sums[earlier] - sums[earlier - span]) * week / span
    if not usual:
        return float(now > 0)
    share = now / usual
    return min(1.0, share + slack) if share >= NO_HOLIDAY else share
