"""The questions of the demo's practice lessons."""

from __future__ import annotations

from dataclasses import dataclass, field

from learning.kinds import QuestionKind


@dataclass(frozen=True)
class Ask:
    """One question: `choices` says of each answer whether it is right."""

    kind: QuestionKind
    text: str
    explanation: str
    choices: dict[str, bool] = field(default_factory=dict)
    accepted: tuple[str, ...] = ()
    number: float | None = None
    tolerance: float = 0


READING_A_MAP = (
    Ask(
        QuestionKind.NUMBER,
        "On a 1 : 25 000 map two huts are 6 cm apart. How many **metres** is that on the ground?",
        "One centimetre is 25 000 cm, which is 250 m. Six times 250 m are 1 500 m.",
        number=1500,
        tolerance=10,
    ),
    Ask(
        QuestionKind.SINGLE,
        "The contours form a V whose point looks **uphill**. What is it?",
        "Lines that bite into the hill are a valley. A ridge pushes them downhill, like a tongue.",
        choices={"A valley": True, "A ridge": False, "A summit": False, "A cliff": False},
    ),
    Ask(
        QuestionKind.MULTIPLE,
        "You set the map and two things agree with it, but the third does not. What can be the matter?",
        "Either you took one of the things for another, or you are not where you think. "
        "The ground has not moved, and the map's scale does not change while you look.",
        choices={
            "One of the first two is something else than you thought": True,
            "You are not where you thought": True,
            "The ground is wrong": False,
            "The scale of the map has changed": False,
        },
    ),
    Ask(
        QuestionKind.TEXT,
        "What is the lowest place between two summits called, the one where you cross from valley to valley?",
        "A saddle: on the map, the hourglass between two sets of rings. A pass or a col is one that people use.",
        accepted=("saddle", "a saddle", "the saddle", "col", "a col", "pass", "a pass"),
    ),
    Ask(
        QuestionKind.SINGLE,
        "What is a *catching feature*?",
        "It tells you that you have gone too far: the path begins to climb, the river is reached. "
        "Choose one before you set out, and you find a missed turn after minutes, not hours.",
        choices={
            "Something you cannot miss, that says you have missed the turn": True,
            "The place where you want to arrive": False,
            "A place where the path is dangerous": False,
        },
    ),
)

BEARINGS_AND_TIME = (
    Ask(
        QuestionKind.NUMBER,
        "By Naismith's rule, how many **minutes** does a party need for 5 km with 300 m of climbing?",
        "Five kilometres are an hour. 300 m up are half of 600, so half an hour more: 90 minutes.",
        number=90,
        tolerance=1,
    ),
    Ask(
        QuestionKind.SINGLE,
        "In fog you walk on a bearing to a bridge over a stream. Where do you aim?",
        "If you aim at the bridge and meet only water, you do not know which way to turn. Aim off, and you do.",
        choices={"On purpose a little to one side": True, "Exactly at the bridge": False, "Straight down": False},
    ),
    Ask(
        QuestionKind.MULTIPLE,
        "What can turn the needle of a compass?",
        "Iron, currents and magnets do. Fog and cold make *you* less certain; the needle does not mind.",
        choices={
            "A phone in the same hand": True,
            "A power line overhead": True,
            "The magnet in the clasp of a bag": True,
            "Fog": False,
        },
    ),
    Ask(
        QuestionKind.TEXT,
        "Which north does the needle point to? (One word.)",
        "Magnetic north. The map is drawn for true north, its grid for grid north; the angle stands at the edge.",
        accepted=("magnetic", "magnetic north"),
    ),
)
