"""Practice: questions, their answers, and each learner's attempts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from learning.kinds import QuestionKind
from learning.models.courses import Lesson

if TYPE_CHECKING:
    from learning.models.courses import Viewer


class Question(models.Model):
    """One question of a practice lesson. Without a right answer it is shown and kept, and not scored."""

    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="questions")
    kind = models.CharField(_("kind"), max_length=16, choices=QuestionKind, default=QuestionKind.SINGLE)
    text = models.TextField(_("question"), help_text=_("Markdown."))
    explanation = models.TextField(_("explanation"), blank=True, help_text=_("Shown after the answer. Markdown."))
    position = models.PositiveIntegerField(_("position"), default=0)
    accepted = models.TextField(
        _("accepted answers"), blank=True, help_text=_("Short text: one per line, case does not matter.")
    )
    number = models.FloatField(_("right number"), null=True, blank=True)
    tolerance = models.FloatField(_("tolerance"), default=0, help_text=_("Number: how far off is still right."))
    source_path = models.CharField(max_length=400, blank=True, editable=False)

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["lesson", "source_path"], condition=~Q(source_path=""), name="question_once_per_source"
            ),
            models.CheckConstraint(condition=Q(tolerance__gte=0), name="question_tolerance_not_negative"),
        ]

    def __str__(self) -> str:
        return self.text[:80]


class Choice(models.Model):
    """A possible answer."""

    question = models.ForeignKey(Question, models.CASCADE, related_name="choices")
    text = models.TextField(_("answer"))
    is_correct = models.BooleanField(_("right"), default=False)
    position = models.PositiveIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.text[:80]


class PracticeAttemptQuerySet(models.QuerySet["PracticeAttempt"]):
    def of(self, viewer: Viewer) -> Self:
        """This learner's own."""
        return self.filter(learner=viewer.pk)

    def open(self) -> Self:
        return self.filter(finished_at=None, abandoned_at=None)

    def finished(self) -> Self:
        return self.filter(finished_at__isnull=False)


class PracticeAttempt(models.Model):
    """One go at a practice lesson. Finished once; what was answered and what was right stays as it was then."""

    learner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="practice_attempts")
    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="attempts")
    started_at = models.DateTimeField()
    question_ids = models.JSONField(default=list)
    finished_at = models.DateTimeField(null=True)
    abandoned_at = models.DateTimeField(null=True, help_text=_("Left open for 24 hours."))
    day = models.DateField(null=True, help_text=_("The learner's day when it was finished."))
    answers = models.JSONField(default=dict)
    results = models.JSONField(default=list)
    score = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    passed = models.BooleanField(default=False)

    objects = PracticeAttemptQuerySet.as_manager()

    class Meta:
        verbose_name = _("practice attempt")
        verbose_name_plural = _("practice attempts")
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "lesson"],
                condition=Q(finished_at=None, abandoned_at=None),
                name="attempt_one_open_per_lesson",
            ),
            models.CheckConstraint(
                condition=Q(finished_at=None) | Q(finished_at__gte=F("started_at")),
                name="attempt_finishes_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(finished_at=None, day=None) | Q(finished_at__isnull=False, day__isnull=False),
                name="attempt_finished_has_its_day",
            ),
            models.CheckConstraint(
                condition=Q(score=None) | Q(score__gte=0, score__lte=100), name="attempt_score_between_0_and_100"
            ),
        ]
        indexes = [models.Index(fields=["learner", "day"], name="attempt_learner_day")]

    def __str__(self) -> str:
        return f"attempt {self.pk} of {self.learner_id}"
