"""What the assistant may answer from: passages of a course, and what is known about its words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chat.models.conversations import Message
from learning.models import Course, Enrollment, Lesson, SubPage

if TYPE_CHECKING:
    from learning.models.courses import Viewer


class PassageQuerySet(models.QuerySet["Passage"]):
    def of(self, viewer: Viewer) -> Self:
        """What this person may read: of courses that they are enrolled in or teach; staff: of all. Only published."""
        published = self.filter(Q(lesson=None) | Q(lesson__is_published=True))
        if not viewer.is_authenticated:
            return self.none()
        if viewer.is_staff_member:
            return published
        taught = Course.instructors.through.objects.filter(user_id=viewer.pk).values("course_id")
        taken = Enrollment.objects.current().filter(learner=viewer.pk, course__in=Course.objects.published())
        return published.filter(Q(course__in=taught) | Q(course__in=taken.values("course")))


class Passage(models.Model):
    """A stretch of a published lesson, one of its further pages or its captions, or an instructor's answer: it goes
    with what it was cut from.

    `terms` is what it is found by: the stems of title, headings and text, in order, with spaces between. The database's
    full-text index follows that column (migration 0002).
    """

    class Source(models.TextChoices):
        LESSON = "lesson", _("Lesson")
        SUB_PAGE = "sub_page", _("Further page")
        CAPTIONS = "captions", _("Captions")
        ANSWER = "answer", _("Instructor's answer")

    course = models.ForeignKey(Course, models.CASCADE, related_name="passages")
    source = models.CharField(max_length=16, choices=Source)
    lesson = models.ForeignKey(Lesson, models.CASCADE, null=True, related_name="passages")
    sub_page = models.ForeignKey(SubPage, models.CASCADE, null=True, related_name="passages")
    answer = models.ForeignKey(Message, models.CASCADE, null=True, related_name="passages")
    position = models.PositiveIntegerField()
    title = models.CharField(max_length=400)
    headings = models.TextField(blank=True, help_text=_("From the outermost in, one a line."))
    anchor = models.CharField(max_length=200, blank=True)
    second = models.PositiveIntegerField(null=True)
    text = models.TextField()
    terms = models.TextField()
    length = models.PositiveIntegerField(help_text=_("How many terms."))
    digest = models.CharField(max_length=32, blank=True, help_text=_("Of the page that it was cut from."))

    objects = PassageQuerySet.as_manager()

    class Meta:
        verbose_name = _("passage")
        verbose_name_plural = _("passages")
        constraints = [
            models.UniqueConstraint(
                fields=["lesson", "source", "position"],
                condition=Q(sub_page=None, answer=None),
                name="passage_once_per_place_of_a_lesson",
            ),
            models.UniqueConstraint(
                fields=["sub_page", "position"],
                condition=Q(sub_page__isnull=False),
                name="passage_once_per_place_of_a_page",
            ),
            models.UniqueConstraint(
                fields=["answer", "position"],
                condition=Q(answer__isnull=False),
                name="passage_once_per_place_of_an_answer",
            ),
            models.CheckConstraint(
                condition=Q(source="answer", answer__isnull=False)
                | (~Q(source="answer") & Q(answer=None, lesson__isnull=False)),
                name="passage_of_a_lesson_or_an_answer",
            ),
            models.CheckConstraint(
                condition=Q(source="sub_page", sub_page__isnull=False) | (~Q(source="sub_page") & Q(sub_page=None)),
                name="passage_names_its_page",
            ),
        ]

    def __str__(self) -> str:
        return " › ".join([self.title, *self.trail])

    @property
    def trail(self) -> list[str]:
        return self.headings.split("\n") if self.headings else []


class CourseIndex(models.Model):
    """What ranking knows of a course's words; rebuilt from its passages after they change.

    `version` names one state for caches. `frequencies` tells in how many passages each term stands. Below `threshold`
    a question is not covered by the course, below `partial` only partly: both come from the course's own sentences
    (chat.retrieval.calibration). `stale_since` is set from a change of the passages until they are counted anew.
    """

    course = models.OneToOneField(Course, models.CASCADE, related_name="passage_index")
    version = models.UUIDField(null=True)
    passages = models.PositiveIntegerField(default=0)
    average_length = models.FloatField(default=0)
    frequencies = models.JSONField(default=dict)
    threshold = models.FloatField(null=True)
    partial = models.FloatField(null=True)
    stale_since = models.DateTimeField(null=True)
    built_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("course index")
        verbose_name_plural = _("course indexes")

    def __str__(self) -> str:
        return f"{self.course}: {self.passages}"
