"""The third course: its plan and its questions."""

from __future__ import annotations

from learning.demo.courses import CoursePlan, LessonPlan
from learning.demo.questions import Ask
from learning.kinds import QuestionKind

THE_BAKERS_SUM = (
    Ask(
        QuestionKind.NUMBER,
        "500 g of flour and 360 g of water: how many **percent** of water does a baker say that this is?",
        "360 divided by 500 is 0.72. The flour is always the hundred.",
        number=72,
    ),
    Ask(
        QuestionKind.NUMBER,
        "You want to bake three loaves from 1 500 g of flour in all. How many **grams** of salt, at 2 %?",
        "1 500 g times 0.02 are 30 g. Salt is the number that nobody changes.",
        number=30,
    ),
    Ask(
        QuestionKind.SINGLE,
        "Yesterday's dough was ready after six hours, and today you have twelve. What do you change?",
        "Yeast is the clock: half of it takes roughly twice as long. Less salt would make it faster, not slower.",
        choices={"Half as much yeast": True, "Half as much salt": False, "Twice as much water": False},
    ),
    Ask(
        QuestionKind.TEXT,
        "Flour, water, salt, yeast: what is the fifth thing? (One word.)",
        "Time. Most of what tastes good is made while nobody is doing anything.",
        accepted=("time", "patience"),
    ),
)

WHAT_WENT_WRONG = (
    Ask(
        QuestionKind.SINGLE,
        "The loaf is flat and wide, and the hollow of your finger had stayed as it was. What was it?",
        "A hollow that stays says *late*: the net had begun to leak. Next time bake earlier, or in a cooler place.",
        choices={
            "It had risen for too long": True,
            "It had not risen for long enough": False,
            "The oven was too hot": False,
            "There was too much salt in it": False,
        },
    ),
    Ask(
        QuestionKind.SINGLE,
        "The crust is torn at the side, low down. What was missing?",
        "A crust that dries too soon is a corset and bursts where it is weakest. Steam keeps it soft, a cut guides it.",
        choices={"Steam, or a cut": True, "Yeast": False, "Flour on the table": False},
    ),
    Ask(
        QuestionKind.MULTIPLE,
        "The crumb is gummy. What can have been the matter?",
        "It was out too early, or cut too early: inside, a hot loaf is still baking. Long and cold does no harm.",
        choices={
            "It was cut while it was hot": True,
            "It came out of the oven too early": True,
            "It had rested in the fridge": False,
            "It had been folded four times": False,
        },
    ),
    Ask(
        QuestionKind.NUMBER,
        "A done loaf has how many **degrees Celsius** in the middle?",
        "About 96 °C. Or knock on its bottom and listen.",
        number=96,
        tolerance=2,
    ),
    Ask(
        QuestionKind.TEXT,
        "What is the last leap of the dough in the oven called?",
        "Oven spring: gas expands and the yeast works in a frenzy, until it dies at about 55 °C.",
        accepted=("oven spring", "the oven spring", "spring"),
    ),
)

BREAD = CoursePlan(
    slug="bread-from-four-things",
    title="Bread from four things",
    subtitle="Bake a loaf that you would buy, without a machine and without a book.",
    description=(
        "Flour, water, salt and something alive; the rest is time. You learn to weigh and not to guess, to fold and "
        "not to fight, to look at the dough and not at the clock, and to be brave with the oven.\n\n"
        "**You need** a scale, a bowl, an oven, and an evening and a morning for each of three loaves. "
        "**You do not need** to have baked anything before.\n\n"
        "The first loaf is eaten whatever it looks like."
    ),
    category="Kitchen",
    time_zone="Asia/Tehran",
    modules={
        "Before you bake": (
            LessonPlan("four-things", "Four things, and a fifth", 5, is_preview=True),
            LessonPlan("a-recipe-is-a-ratio", "A recipe is a ratio", 6),
            LessonPlan("practice-the-bakers-sum", "Practice: the baker's sum", 5, questions=THE_BAKERS_SUM),
        ),
        "The dough": (
            LessonPlan("fold-dont-fight", "Fold, don't fight", 6),
            LessonPlan("reading-the-dough", "Reading the dough", 6),
        ),
        "The oven": (
            LessonPlan("steam-and-colour", "Steam and colour", 6),
            LessonPlan("practice-what-went-wrong", "Practice: what went wrong", 6, questions=WHAT_WENT_WRONG),
            LessonPlan("yesterdays-bread", "Yesterday's bread", 4, is_required=False),
        ),
    },
    summaries={
        "Before you bake": "What goes in, and four numbers to remember.",
        "The dough": "It does most of the work while you are away.",
        "The oven": "Water in the first half, courage in the second.",
    },
)
