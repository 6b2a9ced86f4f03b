#!/usr/bin/env python
"""How well the risk score orders real learners, and whom the flags would have named, week by week.

    CAIRN_DATA=DIR python bench/risk.py [MODULE PRESENTATION]

DIR/oulad_AAA holds the module AAA of the Open University Learning Analytics dataset. For each day: the area under the
curve of the product's score for failing or withdrawing, among those still enrolled. The outcomes are read here, and
nowhere in the product. Then for every second week the share of those who later pass that a flag names: a holiday week
must at most double it.
"""

from __future__ import annotations

import csv
import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DAYS = (28, 56, 84, 112)
LAST = 168
BAD, GOOD = {"Fail", "Withdrawn"}, {"Pass", "Distinction"}


def set_up(folder: str) -> None:
    os.environ.update(
        DJANGO_SETTINGS_MODULE="config.settings.dev", CAIRN_VAR=folder, DATABASE_URL=f"sqlite:///{folder}/risk.sqlite3"
    )
    sys.path.insert(0, str(ROOT))
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def area(scored: list[tuple[float, bool]]) -> float:
    """The chance that of one of each kind the one in trouble has the higher score; ties count half."""
    from analytics.ranking import ranks

    places = ranks([score for score, _ in scored])
    bad = sum(is_bad for _, is_bad in scored)
    below = sum(place * len(scored) for place, (_, is_bad) in zip(places, scored, strict=True) if is_bad)
    return (below - bad * bad / 2) / (bad * (len(scored) - bad))


def main() -> None:
    module, presentation = sys.argv[1:3] if len(sys.argv) > 2 else ("AAA", "2014J")
    folder = Path(os.environ["CAIRN_DATA"]) / f"oulad_{module}"
    with tempfile.TemporaryDirectory(prefix="cairn-risk-") as throw_away:
        set_up(throw_away)
        from analytics.models import RiskThresholds
        from analytics.selectors.facts_of_risk import Span, facts
        from analytics.selectors.reasons import judge
        from analytics.services.evaluation import Activity, load

        activity = Activity(folder, module, presentation, LAST)
        course, learners = load(activity)
        with (folder / "studentInfo.csv").open() as file:
            rows = [r for r in csv.DictReader(file) if r["code_presentation"] == presentation]
        outcome = {learners[r["id_student"]]: r["final_result"] for r in rows if r["id_student"] in learners}
        for day in range(14, LAST + 1, 14 if day_step() else 7):
            found = judge(facts(Span(course, activity.date(day))), RiskThresholds(course=course))
            place = found.facts.cohort.place
            scored = [(found.scores[n], outcome[learner] in BAD) for learner, n in place.items()]
            flagged = {learner for learner, n in place.items() if n in found.receipts}
            passing = [learner for learner in place if outcome[learner] in GOOD]
            named = sum(learner in flagged for learner in passing) / len(passing)
            reasons = [reason.value for some in found.receipts.values() for reason in some]
            counts = {word: reasons.count(word) for word in sorted(set(reasons))}
            mark = f"AUC={area(scored):.3f}" if day in DAYS else " " * 9
            print(f"day={day:3} {mark} learners={len(place)} flagged={len(flagged)} of_who_pass={named:.3f} {counts}")


def day_step() -> bool:
    return "--weekly" not in sys.argv


if __name__ == "__main__":
    main()
