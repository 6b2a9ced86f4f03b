"""What the demo's courses are made of; their texts are Markdown files beside this one."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path

from django.core.files.base import ContentFile

from learning.demo.questions import BEARINGS_AND_TIME, READING_A_MAP, Ask
from learning.kinds import LessonKind, Level
from learning.models import Category, Choice, Course, Lesson, Module, Question, User
from learning.services.people import make_instructor
from learning.services.structure import publish, structure_changed

TEXTS = Path(__file__).parent / "texts"
MEDIA = Path(__file__).parent / "media"


@dataclass(frozen=True)
class LessonPlan:
    """One lesson: a text where it has no questions and no film; `film_seconds` is how long its film is."""

    slug: str
    title: str
    minutes: int
    questions: tuple[Ask, ...] = ()
    is_preview: bool = False
    is_required: bool = True
    film_seconds: int = 0

    @property
    def kind(self) -> LessonKind:
        if self.questions:
            return LessonKind.PRACTICE
        return LessonKind.VIDEO if self.film_seconds else LessonKind.TEXT


@dataclass(frozen=True)
class CoursePlan:
    slug: str
    title: str
    subtitle: str
    description: str
    category: str
    modules: dict[str, tuple[LessonPlan, ...]]
    level: Level = Level.BEGINNER
    time_zone: str = "UTC"
    summaries: dict[str, str] = field(default_factory=dict)


FINDING_YOUR_WAY = CoursePlan(
    slug="finding-your-way",
    title="Finding your way: maps, compass and cairns",
    subtitle="Know where you are, keep a direction, and read what others left for you.",
    description=(
        "A course for people who like to walk and would rather not guess. You learn to read the shape of a hill from a "
        "sheet of paper, to walk on a bearing when there is nothing to see, to say how long a way will take, and to "
        "understand the oldest signpost of all.\n\n"
        "**You need** a paper map of somewhere near you and, from the second part on, a cheap compass. "
        "**You do not need** a mountain: a town with one park will do.\n\n"
        "Each part ends with a short practice. Nothing in it is a trick."
    ),
    category="Outdoors",
    time_zone="Europe/Lisbon",
    modules={
        "Know where you are": (
            LessonPlan("why-we-get-lost", "Why we get lost", 4, is_preview=True),
            LessonPlan("a-map-is-an-argument", "A map is an argument", 5),
            LessonPlan("the-shape-of-the-ground", "The shape of the ground", 5),
            LessonPlan("practice-reading-a-map", "Practice: reading a map", 6, questions=READING_A_MAP),
        ),
        "Keep a direction": (
            LessonPlan("the-compass", "What a compass does not know", 5),
            LessonPlan("a-bearing-in-four-steps", "A bearing in four steps", 1, is_required=False, film_seconds=48),
            LessonPlan("how-far-how-long", "How far, how long", 5),
            LessonPlan("practice-bearings-and-time", "Practice: bearings and time", 6, questions=BEARINGS_AND_TIME),
        ),
        "Follow the stones": (
            LessonPlan("what-a-cairn-says", "What a cairn says", 5),
            LessonPlan("stones-of-the-world", "Stones of the world", 4, is_required=False),
        ),
    },
    summaries={
        "Know where you are": "From a sheet of paper to the ground under your feet.",
        "Keep a direction": "A needle, your own steps and a rule from 1892.",
        "Follow the stones": "What others left for you, and what to leave alone.",
    },
)

WRITING = CoursePlan(
    slug="writing-that-people-read",
    title="Writing that people read",
    subtitle="Say it so that it is read to the end, and answered.",
    description=(
        "Four short lessons for everybody who writes at work and wonders why nobody answers. No grammar, no rules of "
        "style for their own sake: one reader, the end first, short words, and a night's sleep.\n\n"
        "Bring something that you wrote last week. You will need it, and you will not keep all of it."
    ),
    category="Work",
    time_zone="Europe/Prague",
    modules={
        "Before you write": (
            LessonPlan("one-reader", "One reader, with a name", 4, is_preview=True),
            LessonPlan("short-words", "Short words, awake verbs", 4),
        ),
        "After you have written": (
            LessonPlan("cut-then-order", "Cut, then order", 4),
            LessonPlan("let-it-rest", "Let it rest", 4),
        ),
    },
)


def make_course(plan: CoursePlan, instructor: User, *, at: dt.datetime) -> Course:
    """The whole course, published."""
    shelf, _ = Category.objects.get_or_create(slug=plan.category.lower(), defaults={"name": plan.category})
    course = Course.objects.create(
        slug=plan.slug,
        title=plan.title,
        subtitle=plan.subtitle,
        description=plan.description,
        category=shelf,
        level=plan.level,
        time_zone=plan.time_zone,
        created_at=at,
    )
    make_instructor(instructor, course, at=at)
    for position, (title, lessons) in enumerate(plan.modules.items()):
        summary = plan.summaries.get(title, "")
        module = Module.objects.create(course=course, title=title, summary=summary, position=position)
        for place, lesson in enumerate(lessons):
            _make_lesson(lesson, module, place)
    structure_changed(course, at=at)
    publish(course, at=at)
    course.refresh_from_db()
    return course


def _make_lesson(plan: LessonPlan, module: Module, position: int) -> None:
    text = TEXTS / module.course.slug / f"{plan.slug}.md"
    lesson = Lesson.objects.create(
        module=module,
        kind=plan.kind,
        slug=plan.slug,
        title=plan.title,
        position=position,
        body="" if plan.questions else text.read_text(encoding="utf-8"),
        estimated_minutes=plan.minutes,
        is_preview=plan.is_preview,
        is_required=plan.is_required,
        duration_seconds=plan.film_seconds,
    )
    if plan.film_seconds:
        _add_film(lesson)
    for place, ask in enumerate(plan.questions):
        _make_question(ask, lesson, place)


def _add_film(lesson: Lesson) -> None:
    """The film and its captions, made for this demo (learning/demo/film)."""
    for place, ending in ((lesson.video_file, "webm"), (lesson.captions, "vtt")):
        path = MEDIA / lesson.course.slug / f"{lesson.slug}.{ending}"
        place.save(path.name, ContentFile(path.read_bytes()), save=False)
    lesson.save(update_fields=["video_file", "captions"])


def _make_question(ask: Ask, lesson: Lesson, position: int) -> None:
    question = Question.objects.create(
        lesson=lesson,
        kind=ask.kind,
        text=ask.text,
        explanation=ask.explanation,
        position=position,
        accepted="\n".join(ask.accepted),
        number=ask.number,
        tolerance=ask.tolerance,
    )
    for place, (text, is_correct) in enumerate(ask.choices.items()):
        Choice.objects.create(question=question, text=text, is_correct=is_correct, position=place)
