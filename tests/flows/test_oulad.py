"""A year of real learners' activity: active days and streaks as an independent count has them."""

import csv
import subprocess
import sys
from pathlib import Path

import pytest


def rows(lines) -> dict[tuple[str, str, str], tuple[str, str]]:
    return {
        (r["code_module"], r["code_presentation"], r["id_student"]): (r["active_days"], r["longest_streak"])
        for r in csv.DictReader(lines)
    }


@pytest.mark.own_sqlite
def test_every_learner_of_a_real_course_has_the_days_and_the_streak_that_were_counted_apart(real_data):
    bench = Path(__file__).resolve().parents[2] / "bench" / "oulad_streaks.py"
    run = subprocess.run(
        [sys.executable, str(bench), str(real_data / "oulad_AAA")], capture_output=True, text=True, check=True
    )
    with (real_data / "oulad_AAA" / "activity_streak_oracle.csv").open(newline="") as oracle:
        assert rows(run.stdout.splitlines()) == rows(oracle)
