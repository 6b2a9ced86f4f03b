"""A learner's place in a course, and in each of its lessons."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from learning.kinds import CourseState, EnrollmentState, LessonStatus
from learning.models.courses import Course, Lesson

if TYPE_CHECKING:
    from learning.models.courses import Viewer


class EnrollmentQuerySet(models.QuerySet["Enrollment"]):
    def current(self) -> Self:
        """Without those who left."""
        return self.filter(left_at=None)

    def of(self, viewer: Viewer) -> Self:
        """This learner's own, in courses that are open to them."""
        return self.current().filter(learner=viewer.pk, course__state=CourseState.PUBLISHED)


class Enrollment(models.Model):
    """A learner's place in one course. Leaving sets `left_at`; coming back clears it, and nothing is lost.

    The totals are sums of facts: completed lessons, seconds and percent are rebuilt by `manage.py rebuild_progress`.
    """

    learner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="enrollments")
    course = models.ForeignKey(Course, models.PROTECT, related_name="enrollments")
    started_at = models.DateTimeField(_("enrolled"), editable=False)
    left_at = models.DateTimeField(_("left"), null=True, editable=False)
    first_activity_at = models.DateTimeField(_("started"), null=True, editable=False)
    last_accessed_at = models.DateTimeField(_("last active"), null=True, editable=False)
    completed_at = models.DateTimeField(_("completed"), null=True, editable=False)
    completed_lessons = models.PositiveIntegerField(_("lessons completed"), default=0, editable=False)
    required_lessons = models.PositiveIntegerField(_("lessons required"), default=0, editable=False)
    percent = models.DecimalField(_("progress"), max_digits=5, decimal_places=2, default=0, editable=False)
    highest_percent = models.DecimalField(max_digits=5, decimal_places=2, default=0, editable=False)
    seconds = models.PositiveIntegerField(_("study time"), default=0, editable=False)

    objects = EnrollmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        constraints = [
            models.UniqueConstraint(fields=["learner", "course"], name="enrollment_once_per_course"),
            models.CheckConstraint(
                condition=Q(completed_at=None) | Q(completed_at__gte=F("started_at")),
                name="enrollment_finishes_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(percent__gte=0, percent__lte=100), name="enrollment_percent_between_0_and_100"
            ),
            models.CheckConstraint(
                condition=Q(completed_lessons__lte=F("required_lessons")), name="enrollment_never_over_complete"
            ),
        ]
        # Nothing that a beat changes is indexed: its updates stay within their page.
        indexes = [
            models.Index(fields=["course", "-started_at"], name="enrollment_course_newest"),
            models.Index(
                fields=["course", "completed_at"],
                condition=Q(completed_at__isnull=False),
                name="enrollment_course_completed",
            ),
            models.Index(fields=["course"], condition=Q(left_at__isnull=False), name="enrollment_course_left"),
        ]

    def __str__(self) -> str:
        return f"{self.learner_id} in {self.course_id}"

    @property
    def state(self) -> EnrollmentState:
        return EnrollmentState(
            course=self.course_id,
            percent=float(self.percent),
            completed_lessons=self.completed_lessons,
            required_lessons=self.required_lessons,
            seconds=self.seconds,
            completed_at=self.completed_at,
        )


class LessonProgress(models.Model):
    """A learner's place in one lesson. It follows the lesson when that moves to another course."""

    learner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="lesson_progress")
    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="progress")
    seconds = models.PositiveIntegerField(default=0)
    last_seen_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True, help_text=_("When the view that is going on, or was last, began."))
    position = models.FloatField(default=0, help_text=_("Video: seconds from its start."))
    ranges = models.JSONField(default=list, help_text=_("Video: merged [from, to] pairs that were played."))
    coverage = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    completed_at = models.DateTimeField(null=True)
    completed_day = models.DateField(null=True, help_text=_("The learner's day at that instant."))
    completed_hour = models.PositiveSmallIntegerField(null=True, help_text=_("The learner's hour of day, 0 to 23."))

    class Meta:
        verbose_name = _("lesson progress")
        verbose_name_plural = _("lesson progress")
        constraints = [
            models.UniqueConstraint(fields=["learner", "lesson"], name="progress_once_per_lesson"),
            models.CheckConstraint(
                condition=Q(completed_at=None, completed_day=None, completed_hour=None)
                | Q(completed_at__isnull=False, completed_day__isnull=False, completed_hour__isnull=False),
                name="progress_completion_has_its_day_and_hour",
            ),
            models.CheckConstraint(condition=Q(position__gte=0), name="progress_position_not_negative"),
            models.CheckConstraint(
                condition=Q(coverage=None) | Q(coverage__gte=0, coverage__lte=100),
                name="progress_coverage_between_0_and_100",
            ),
        ]
        indexes = [models.Index(fields=["lesson", "completed_at"], name="progress_lesson_completed")]

    def __str__(self) -> str:
        return f"{self.learner_id} in lesson {self.lesson_id}"

    @property
    def status(self) -> LessonStatus:
        if self.completed_at:
            return LessonStatus.COMPLETED
        return LessonStatus.IN_PROGRESS if self.last_seen_at else LessonStatus.NOT_STARTED

    def complete_on(self, at: dt.datetime, *, day: dt.date, hour: int) -> None:
        self.completed_at, self.completed_day, self.completed_hour = at, day, hour
