"""What is counted by day, so that a page about a hundred thousand learners reads as little as one about ten.

Sums and counts only, of what the facts say (analytics.metrics.days); any of it can be thrown away and counted anew.
"""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from learning.models import Course, Lesson


class Rollup(models.Model):
    """How far a course's days are counted. What is after `closed_until`, or from `stale_from` on, is read live.

    `basis` says what the counted days rest on (zone, who teaches, who left, which lessons): when it is no longer so,
    all of them are counted anew.
    """

    course = models.OneToOneField(Course, models.CASCADE, primary_key=True, related_name="rollup")
    closed_until = models.DateField(null=True, help_text=_("The last day that is counted."))
    stale_from = models.DateField(null=True, help_text=_("From this day on something came late."))
    basis = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("counted days")
        verbose_name_plural = _("counted days")

    def __str__(self) -> str:
        return f"{self.course_id} until {self.closed_until}"

    @property
    def open_from(self) -> dt.date | None:
        """The first day that has to be read from the facts; None: all of them."""
        if self.closed_until is None:
            return None
        after = self.closed_until + dt.timedelta(days=1)
        return min(after, self.stale_from) if self.stale_from else after


class CourseDay(models.Model):
    """One course on one day of its own zone. A day without a row is a day on which nothing happened."""

    course = models.ForeignKey(Course, models.CASCADE, related_name="days")
    day = models.DateField()
    enrollments = models.PositiveIntegerField(default=0)
    active = models.PositiveIntegerField(default=0, help_text=_("Learners who opened or worked in a lesson."))
    seconds = models.PositiveBigIntegerField(default=0)
    course_completions = models.PositiveIntegerField(default=0)
    seconds_to_complete = models.PositiveBigIntegerField(
        default=0, help_text=_("From enrolment to completion, of those who completed on this day.")
    )
    questions = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["course", "day"], name="course_day_once")]

    def __str__(self) -> str:
        return f"{self.course_id} on {self.day}"


class CourseHour(models.Model):
    """One hour of one day of a course, 0 to 23 in its zone."""

    course = models.ForeignKey(Course, models.CASCADE, related_name="hours")
    day = models.DateField()
    hour = models.PositiveSmallIntegerField()
    seconds = models.PositiveBigIntegerField(default=0)
    questions = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["course", "day", "hour"], name="course_hour_once"),
            models.CheckConstraint(condition=Q(hour__lte=23), name="course_hour_of_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.course_id} on {self.day} at {self.hour}"


class LessonDay(models.Model):
    """One lesson on one day of its course. It follows the lesson to another course, as what learners did there does."""

    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="days")
    day = models.DateField()
    views = models.PositiveIntegerField(default=0)
    new_viewers = models.PositiveIntegerField(default=0, help_text=_("Learners who had never opened it before."))
    completions = models.PositiveIntegerField(default=0)
    seconds = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["lesson", "day"], name="lesson_day_once")]

    def __str__(self) -> str:
        return f"{self.lesson_id} on {self.day}"
