#!/usr/bin/env python
"""How well the assistant finds, refuses and how fast: real questions of a real course, through `evaluate_assistant`.

    CAIRN_DATA=DIR python bench/assistant.py              SQLite, in a folder that goes away
    DATABASE_URL=postgres://… … python bench/assistant.py  a test database there, made anew and dropped

Imports DIR/courses/iot-for-beginners, asks each question of DIR/eval/iot_qa.jsonl and DIR/eval/iot_out_of_scope.jsonl
with nothing but its text, and prints recall over lesson pages and the shares refused. Recall counts what is cited, also
where the question is refused. The figures are not out of sample: the constants of the ranking, the measure of sureness
and the share `UNSURE` were chosen by looking at these same questions (docs/figures.md).
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from bench.throwaway import test_database

COURSE = "iot-for-beginners"


def lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def summed_up(asked: list[dict], questions: list[dict]) -> dict[str, float]:
    """Recall and MRR over lesson pages, and the share refused."""
    expected = {row["id"]: row.get("lesson_path") for row in questions}
    ranks = [
        row["cited"].index(expected[row["id"]]) + 1 if expected[row["id"]] in row["cited"] else None for row in asked
    ]
    n = len(asked)
    return {
        "recall@1": sum(rank == 1 for rank in ranks) / n,
        "recall@3": sum(rank is not None and rank <= 3 for rank in ranks) / n,
        "MRR": sum(1 / rank for rank in ranks if rank) / n,
        "refused": sum(row["refused"] for row in asked) / n,
        "seconds": statistics.median(row["seconds"] for row in asked),
    }


def main() -> None:
    data = Path(os.environ.get("CAIRN_DATA", ""))
    if not (data / "eval").is_dir():
        sys.exit("CAIRN_DATA must name the folder with courses/ and eval/.")
    with test_database() as folder:
        run(data, folder)


def run(data: Path, folder: Path) -> None:
    from django.core.management import call_command
    from django.db import connection

    from learning.importing import import_course
    from learning.models import User

    teacher = User.objects.create_user("teacher@example.org", "x")
    begin = time.perf_counter()
    course = import_course(data / "courses" / COURSE, layout="numbered", instructor=teacher).course
    print(f"{platform.python_version()}, {os.cpu_count()} cores, {connection.vendor}")
    print(f"import with passages: {time.perf_counter() - begin:.1f} s, {course.passages.count()} passages")
    found = {}
    for name in ("iot_qa", "iot_out_of_scope"):
        out = folder / f"{name}.out.jsonl"
        questions = data / "eval" / f"{name}.jsonl"
        call_command("evaluate_assistant", course=COURSE, questions=questions, out=out, verbosity=0)
        found[name] = summed_up(lines(out), lines(questions))
    inside, outside = found["iot_qa"], found["iot_out_of_scope"]
    print(f"recall@1 {inside['recall@1']:.3f}   recall@3 {inside['recall@3']:.3f}   MRR {inside['MRR']:.3f}")
    print(f"of the course's questions answered {1 - inside['refused']:.3f}, wrongly refused {inside['refused']:.3f}")
    print(f"of another course's questions rightly refused {outside['refused']:.3f}")
    print(f"seconds per question (median) {inside['seconds']:.3f}")


if __name__ == "__main__":
    main()
