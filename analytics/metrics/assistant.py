"""What is told about a course's assistant."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _t

from analytics.metrics.registry import Better, Unit, metric

QUESTIONS = metric(
    "total_questions",
    _t("Questions"),
    Unit.COUNT,
    _t("What learners asked the course's assistant. Its answers are not counted, nor who teaches the course."),
    better=Better.NEITHER,
    over_range=True,
)
QUESTIONS_PER_STUDENT = metric(
    "questions_per_student",
    _t("Questions per learner"),
    Unit.RATIO,
    _t("Questions of these days, divided by the learners who are enrolled now."),
    better=Better.NEITHER,
    over_range=True,
)
UNANSWERED = metric(
    "unanswered",
    _t("Not helped"),
    Unit.COUNT,
    _t("Questions that the assistant found no answer to in the course, whose answer was no help, or failed."),
    better=Better.DOWN,
    over_range=True,
)
UNANSWERED_RATE = metric(
    "unanswered_rate",
    _t("Share not helped"),
    Unit.PERCENT,
    _t("Of all questions, those that the assistant could not help with."),
    better=Better.DOWN,
    over_range=True,
)
