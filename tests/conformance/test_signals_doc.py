"""docs/signals.md against the code: each fact with its event, who says it and who hears it; nothing else."""

from __future__ import annotations

import dataclasses
import importlib
import re
from pathlib import Path

from learning.signals import Fact

ROOT = Path(__file__).resolve().parents[2]
APPS = ("learning", "chat", "gamification", "notifications", "analytics")
LINE = re.compile(r"^\| `(\w+)` \| `(\w+)\(([\w, ]*)\)` \| (.+?) \| (.+?) \|$", re.MULTILINE)


def facts() -> dict[str, tuple[Fact, type]]:
    """Every fact of the code with the class of its event."""
    found = {}
    for app in APPS:
        if not (ROOT / app / "signals.py").exists():
            continue
        module = importlib.import_module(f"{app}.signals")
        for name, kind in module.__annotations__.items():
            if isinstance(getattr(module, name, None), Fact):
                found[name] = (getattr(module, name), getattr(module, re.fullmatch(r"Fact\[(\w+)\]", kind)[1]))
    return found


def sayers() -> dict[str, set[str]]:
    """Fact → the modules that announce it."""
    found: dict[str, set[str]] = {}
    for app in APPS:
        for file in (ROOT / app).rglob("*.py"):
            for name in re.findall(r"\b(\w+)\.announce\(", file.read_text()):
                where = ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
                found.setdefault(name, set()).add(where)
    return found


def hearers(fact: Fact) -> set[str]:
    """The apps whose receivers are connected, by their `dispatch_uid`."""
    return {str(key[0]).split(".")[0] for key, *_ in fact.receivers} & set(APPS)


def written() -> dict[str, tuple[str, list[str], str, str]]:
    text = (ROOT / "docs/signals.md").read_text()
    return {name: (event, fields.split(", "), said, heard) for name, event, fields, said, heard in LINE.findall(text)}


def test_every_fact_stands_in_the_table_and_nothing_else():
    assert set(written()) == set(facts())


def test_events_are_written_with_the_fields_they_have():
    for name, (_fact, event) in facts().items():
        wrote, fields, _said, _heard = written()[name]
        assert (wrote, fields) == (event.__name__, [f.name for f in dataclasses.fields(event)]), name
        assert event.__dataclass_params__.frozen, f"{event.__name__} can be changed by whoever hears it"


def test_who_says_a_fact_is_who_announces_it():
    said = sayers()
    for name in facts():
        told = set(re.findall(rf"`((?:{'|'.join(APPS)})\.[\w.]+)`", written()[name][2]))
        modules = {m for m in said.get(name, set()) if any(t == m or t.startswith(f"{m}.") for t in told)}
        assert modules == said.get(name, set()) != set(), f"{name} is announced by {said.get(name)}, written: {told}"
        for path in told:
            assert any(path == m or path.startswith(f"{m}.") for m in said[name]), f"{path} does not announce {name}"


def test_who_hears_a_fact_is_who_is_connected():
    for name, (fact, _event) in facts().items():
        heard = written()[name][3]
        told = {app for app in APPS if re.search(rf"(^|; ){app}:", heard)}
        assert told == hearers(fact), name
        assert bool(told) != (heard == "nobody yet"), name
