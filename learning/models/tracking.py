"""Facts of study: time by the hour, views, played minutes, finished sessions; and the clock that keeps them honest."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from learning.models.courses import Course, Lesson


class StudyClock(models.Model):
    """One learner, one clock: until when their time is credited. Two tabs share it, so nothing counts twice.

    `credited_until` is in milliseconds since 1970, UTC: the same arithmetic on PostgreSQL and SQLite.
    `day` and `day_seconds` are the newest learner's day with study and its total, so that crossing 10 minutes is
    seen by the statement that crosses it.
    """

    learner = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="clock")
    credited_until = models.BigIntegerField()
    last_credit = models.PositiveIntegerField(default=0)
    day = models.DateField()
    day_seconds = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"clock of {self.learner_id}"


class ClientSession(models.Model):
    """The last beat number of one browser tab; a number not above it credits nothing."""

    learner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="client_sessions")
    key = models.UUIDField()
    last_seq = models.BigIntegerField()
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["learner", "key"], name="client_session_once_per_learner")]

    def __str__(self) -> str:
        return str(self.key)


class StudyTime(models.Model):
    """Credited seconds of one learner in one lesson and one hour: the one source of time.

    The days are columns because a UTC hour belongs to two local days where the offset is not a whole hour, and
    because past days never change when a learner moves. A deleted lesson leaves its time behind, in its course.
    """

    learner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="study_time")
    course = models.ForeignKey(Course, models.CASCADE, related_name="study_time")
    lesson = models.ForeignKey(Lesson, models.SET_NULL, null=True, related_name="study_time")
    hour = models.DateTimeField(help_text=_("The hour's start, UTC."))
    day = models.DateField(help_text=_("The learner's day."))
    course_day = models.DateField(help_text=_("The date in the course's time zone."))
    seconds = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "lesson", "hour", "day", "course_day"], name="study_time_once_per_hour"
            ),
            # A beat is booked on the hour it arrives in, so the last minute of the hour before may be in it; and one
            # more may be, where beats kept offline and beats on time meet.
            models.CheckConstraint(condition=Q(seconds__lte=3720), name="study_time_hour_has_an_hour"),
        ]
        indexes = [
            models.Index(fields=["learner", "day"], name="study_time_learner_day"),
            models.Index(fields=["course", "course_day"], name="study_time_course_day"),
        ]

    def __str__(self) -> str:
        return f"{self.seconds} s on {self.day}"


class LessonView(models.Model):
    """An opening of a lesson by a learner who has not had it open in the last 30 minutes."""

    learner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="lesson_views")
    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="views")
    at = models.DateTimeField()
    day = models.DateField(help_text=_("The learner's day."))
    course_day = models.DateField(help_text=_("The date in the course's time zone."))

    class Meta:
        indexes = [models.Index(fields=["lesson", "course_day"], name="lesson_view_by_day")]
        constraints = [models.UniqueConstraint(fields=["learner", "lesson", "at"], name="lesson_view_once_per_instant")]

    def __str__(self) -> str:
        return f"{self.learner_id} opened {self.lesson_id}"


class PlayedMinute(models.Model):
    """How often one minute of a video was played, played again, and stopped in."""

    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="played_minutes")
    minute = models.PositiveIntegerField()
    plays = models.PositiveIntegerField(default=0)
    rewatches = models.PositiveIntegerField(default=0)
    stops = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["lesson", "minute"], name="played_minute_once"),
            models.CheckConstraint(condition=Q(rewatches__lte=F("plays")), name="played_minute_rewatched_was_played"),
        ]

    def __str__(self) -> str:
        return f"minute {self.minute} of {self.lesson_id}"


class LearningSession(models.Model):
    """One finished unit of learning: a text or video lesson completed for the first time, or a finished practice.

    Of practice, at most one per lesson and learner's day counts. It outlives its lesson.
    """

    learner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="learning_sessions")
    lesson = models.ForeignKey(Lesson, models.SET_NULL, null=True, related_name="learning_sessions")
    day = models.DateField(help_text=_("The learner's day."))
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["learner", "lesson", "day"], name="session_once_per_lesson_and_day")
        ]
        indexes = [models.Index(fields=["learner", "day"], name="session_learner_day")]

    def __str__(self) -> str:
        return f"{self.learner_id} on {self.day}"
