"""The list of a course's learners, in every order that it is offered in."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from learning.models import Course, Enrollment


class StudentLine(models.Model):
    """One enrolment's place in the lists of its course.

    A beat changes an enrolment's time, so nothing there is indexed by it; the order is kept here instead, and is some
    minutes old. What a list shows beside the order is read from the enrolment itself.
    """

    enrollment = models.OneToOneField(Enrollment, models.CASCADE, primary_key=True, related_name="line")
    course = models.ForeignKey(Course, models.CASCADE, related_name="+")
    name = models.CharField(_("name, in small letters"), max_length=120)
    percent = models.DecimalField(max_digits=5, decimal_places=2, default=0)
    seconds = models.PositiveIntegerField(default=0)
    active_at = models.DateTimeField(help_text=_("Last active; enrolled, for who never was."))

    class Meta:
        verbose_name = _("line of a list of learners")
        verbose_name_plural = _("lines of lists of learners")
        indexes = [
            models.Index(fields=["course", "name", "enrollment"], name="student_line_by_name"),
            models.Index(fields=["course", "-percent", "enrollment"], name="student_line_by_progress"),
            models.Index(fields=["course", "-seconds", "enrollment"], name="student_line_by_time"),
            models.Index(fields=["course", "-active_at", "enrollment"], name="student_line_by_activity"),
        ]

    def __str__(self) -> str:
        return f"line of {self.enrollment_id}"
