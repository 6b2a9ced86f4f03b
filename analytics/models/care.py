"""What was done for a learner, what was written down about them, and who looked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from analytics.kinds.risk import Act
from analytics.models.risk import RiskFlag
from learning.models import Course

if TYPE_CHECKING:
    from learning.models.courses import Viewer


class Outreach(models.Model):
    """One act for one learner in one course, written once; what happened after it is read from their facts.

    `message` is what the learner was told, in the words as they were sent. Of an answer, `by` is the learner.
    """

    course = models.ForeignKey(Course, models.CASCADE, related_name="outreach")
    learner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="outreach")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    kind = models.CharField(_("what"), max_length=12, choices=Act)
    flag = models.ForeignKey(RiskFlag, models.SET_NULL, null=True, related_name="outreach")
    message = models.CharField(_("message"), max_length=500, blank=True)
    until = models.DateField(null=True, help_text=_("Put off until then, or away until then."))
    at = models.DateTimeField(_("when"))
    day = models.DateField(help_text=_("The course's day."))
    watched_until = models.DateTimeField(help_text=_("The end of the 14 days that are looked at for what came of it."))

    class Meta:
        verbose_name = _("act")
        verbose_name_plural = _("acts")
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "course", "kind", "day"],
                condition=Q(kind__in=["encourage", "offer_help"]),
                name="outreach_one_message_of_a_kind_a_day",
            ),
            models.UniqueConstraint(
                fields=["flag", "kind"], condition=Q(kind="dismiss"), name="outreach_dismissed_once"
            ),
        ]
        indexes = [
            models.Index(fields=["course", "learner", "-at"], name="outreach_of_a_learner"),
            models.Index(fields=["course", "kind", "-day"], name="outreach_of_a_course"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.learner_id} in {self.course_id}"


class StudentNote(models.Model):
    """What those who teach wrote down about a learner of their course; an action item is open until it is done."""

    course = models.ForeignKey(Course, models.CASCADE, related_name="student_notes")
    learner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="student_notes")
    act = models.OneToOneField(Outreach, models.CASCADE, related_name="note", help_text=_("That it was written."))
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    text = models.TextField(_("note"), max_length=4000)
    is_action_item = models.BooleanField(_("action item"), default=False)
    done_at = models.DateTimeField(_("done"), null=True)
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="student_note_says_something"),
            models.CheckConstraint(
                condition=Q(done_at=None) | Q(is_action_item=True), name="student_note_only_action_items_are_done"
            ),
        ]
        indexes = [models.Index(fields=["course", "learner", "-at"], name="student_note_newest")]

    def __str__(self) -> str:
        return f"note {self.pk} about {self.learner_id}"


class StudentReadingQuerySet(models.QuerySet["StudentReading"]):
    def of(self, viewer: Viewer) -> Self:
        """Who looked at this person's learning."""
        return self.filter(learner=viewer.pk)


class StudentReading(models.Model):
    """That somebody opened a learner's page. The learner is shown it."""

    course = models.ForeignKey(Course, models.CASCADE, related_name="student_readings")
    learner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="student_readings")
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(_("when"))
    objects = StudentReadingQuerySet.as_manager()

    class Meta:
        verbose_name = _("reading of a learner’s page")
        verbose_name_plural = _("readings of learners’ pages")
        indexes = [models.Index(fields=["learner", "-at", "-id"], name="student_reading_newest")]

    def __str__(self) -> str:
        return f"{self.reader_id} read {self.learner_id}"
