"""Courses: categories, courses, modules, lessons and what hangs on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.core.validators import FileExtensionValidator, MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from learning.kinds import CourseState, LessonKind, Level
from learning.markdown import render_markdown
from learning.models.people import validate_zone

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from learning.models.people import User

    Viewer = User | AnonymousUser


def default_zone() -> str:
    return settings.SITE_TIME_ZONE


class Category(models.Model):
    """A shelf of the catalogue."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    position = models.PositiveIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class CourseQuerySet(models.QuerySet["Course"]):
    def published(self) -> Self:
        return self.filter(state=CourseState.PUBLISHED)

    def taught_by(self, viewer: Viewer) -> Self:
        """The courses whose instructor this is, in any state."""
        return self.filter(instructors=viewer.pk) if viewer.is_authenticated else self.none()

    def managed_by(self, viewer: Viewer) -> Self:
        """The courses that this person may change: their own; staff: all."""
        if viewer.is_authenticated and viewer.is_staff_member:
            return self.all()
        return self.taught_by(viewer)

    def of(self, viewer: Viewer) -> Self:
        """The courses whose page this person may open: published ones, and those they may preview."""
        if not viewer.is_authenticated:
            return self.published()
        if viewer.is_staff_member:
            return self.all()
        taught = Course.instructors.through.objects.filter(user_id=viewer.pk).values("course_id")
        return self.filter(Q(state=CourseState.PUBLISHED) | Q(pk__in=taught))


class Course(models.Model):
    """What learners enrol in. Drafts are seen by their instructors and staff only."""

    title = models.CharField(_("title"), max_length=160)
    slug = models.SlugField(_("address"), max_length=120, unique=True)
    subtitle = models.CharField(_("what you will be able to do"), max_length=240, blank=True)
    description = models.TextField(_("description"), blank=True, help_text=_("Markdown."))
    category = models.ForeignKey(
        Category, models.SET_NULL, null=True, blank=True, related_name="courses", verbose_name=_("category")
    )
    level = models.CharField(_("level"), max_length=16, choices=Level, default=Level.BEGINNER)
    language = models.CharField(_("language"), max_length=12, default="en")
    thumbnail = models.ImageField(_("picture"), upload_to="thumbnails/", blank=True)
    instructors = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="courses_taught", verbose_name=_("instructors")
    )
    time_zone = models.CharField(_("time zone"), max_length=64, default=default_zone, validators=[validate_zone])
    state = models.CharField(_("state"), max_length=16, choices=CourseState, default=CourseState.DRAFT)
    learners_by_alias = models.BooleanField(
        _("learners under aliases"),
        default=False,
        db_default=False,
        help_text=_("Those who teach see an alias instead of a learner's name, on pages and in files."),
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    published_at = models.DateTimeField(null=True, editable=False)
    # Cached from the lessons by services.structure; the catalogue shows and filters them.
    lessons_count = models.PositiveIntegerField(default=0, editable=False)
    required_lessons = models.PositiveIntegerField(default=0, editable=False)
    duration_minutes = models.PositiveIntegerField(default=0, editable=False)

    objects = CourseQuerySet.as_manager()

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")
        ordering = ["title", "id"]
        indexes = [
            models.Index(fields=["state", "title", "id"], name="course_catalogue"),
            models.Index(fields=["state", "-published_at", "id"], name="course_catalogue_newest"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("learning:course", args=[self.slug])

    @property
    def is_published(self) -> bool:
        return self.state == CourseState.PUBLISHED

    def is_managed_by(self, viewer: Viewer) -> bool:
        """Whether this person teaches the course or is staff."""
        return Course.objects.filter(pk=self.pk).managed_by(viewer).exists()


class Module(models.Model):
    """A part of a course, in order."""

    course = models.ForeignKey(Course, models.CASCADE, related_name="modules", verbose_name=_("course"))
    title = models.CharField(_("title"), max_length=160)
    summary = models.TextField(_("summary"), blank=True, help_text=_("Markdown."))
    position = models.PositiveIntegerField(_("position"), default=0)
    source_path = models.CharField(max_length=400, blank=True, editable=False)

    class Meta:
        verbose_name = _("module")
        verbose_name_plural = _("modules")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["course", "source_path"], condition=~Q(source_path=""), name="module_once_per_source"
            ),
        ]
        indexes = [models.Index(fields=["course", "position", "id"], name="module_in_order")]

    def __str__(self) -> str:
        return self.title


class LessonQuerySet(models.QuerySet["Lesson"]):
    def published(self) -> Self:
        return self.filter(is_published=True)

    def countable(self) -> Self:
        """The lessons that progress is counted from."""
        return self.filter(is_published=True, is_required=True)

    def of(self, viewer: Viewer) -> Self:
        """The lessons that exist for this person: published ones of published courses, and those they may preview."""
        open_to_all = Q(is_published=True, course__state=CourseState.PUBLISHED)
        if not viewer.is_authenticated:
            return self.filter(open_to_all)
        if viewer.is_staff_member:
            return self.all()
        taught = Course.instructors.through.objects.filter(user_id=viewer.pk).values("course_id")
        return self.filter(open_to_all | Q(course__in=taught))

    def in_order(self) -> Self:
        return self.order_by("module__position", "module_id", "position", "id")


class Lesson(models.Model):
    """One stone on the path. `course` repeats the module's, so that an address is unique within a course."""

    course = models.ForeignKey(Course, models.CASCADE, related_name="lessons", editable=False)
    module = models.ForeignKey(Module, models.CASCADE, related_name="lessons", verbose_name=_("module"))
    kind = models.CharField(_("kind"), max_length=16, choices=LessonKind, default=LessonKind.TEXT)
    title = models.CharField(_("title"), max_length=200)
    slug = models.SlugField(_("address"), max_length=120)
    position = models.PositiveIntegerField(_("position"), default=0)
    body = models.TextField(_("text"), blank=True, help_text=_("Markdown."))
    html = models.TextField(blank=True, editable=False)
    is_required = models.BooleanField(_("required"), default=True, help_text=_("Counts towards progress."))
    is_preview = models.BooleanField(_("free preview"), default=False, help_text=_("Everybody may read it."))
    is_published = models.BooleanField(_("published"), default=True)
    estimated_minutes = models.PositiveIntegerField(_("minutes"), default=5, validators=[MaxValueValidator(6000)])
    min_seconds = models.PositiveIntegerField(
        _("minimum time in seconds"),
        default=0,
        help_text=_("Text: how long it must be open before it can be completed."),
    )
    video_file = models.FileField(
        _("video file"),
        upload_to="videos/",
        blank=True,
        validators=[FileExtensionValidator(["mp4", "webm", "ogv", "m4v"])],
    )
    video_url = models.URLField(_("video address"), blank=True, max_length=500)
    captions = models.FileField(
        _("captions"), upload_to="captions/", blank=True, validators=[FileExtensionValidator(["vtt"])]
    )
    duration_seconds = models.PositiveIntegerField(_("length in seconds"), default=0)
    forbid_skipping = models.BooleanField(_("no skipping ahead"), default=False)
    pass_mark = models.PositiveSmallIntegerField(
        _("pass mark"), default=60, validators=[MinValueValidator(0), MaxValueValidator(100)]
    )
    source_path = models.CharField(max_length=400, blank=True, editable=False)

    objects = LessonQuerySet.as_manager()

    class Meta:
        verbose_name = _("lesson")
        verbose_name_plural = _("lessons")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["course", "slug"], name="lesson_address_once_per_course"),
            models.UniqueConstraint(
                fields=["course", "source_path"], condition=~Q(source_path=""), name="lesson_once_per_source"
            ),
            models.CheckConstraint(condition=Q(pass_mark__lte=100), name="lesson_pass_mark_at_most_100"),
        ]
        indexes = [
            models.Index(fields=["module", "position", "id"], name="lesson_in_order"),
            models.Index(fields=["course", "is_published", "is_required"], name="lesson_countable"),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        """The course is the module's, and the HTML is the text's: neither is ever set by hand."""
        self.course_id = self.module.course_id
        self.html = render_markdown(self.body, title=self.title)
        if fields := kwargs.get("update_fields"):
            kwargs["update_fields"] = {*fields, "course", "html"}
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("learning:lesson", args=[self.course.slug, self.slug])


class SubPage(models.Model):
    """A further page of a lesson: linked from it, not counted as a lesson."""

    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="sub_pages")
    title = models.CharField(_("title"), max_length=200)
    slug = models.SlugField(_("address"), max_length=120)
    position = models.PositiveIntegerField(_("position"), default=0)
    body = models.TextField(_("text"), blank=True, help_text=_("Markdown."))
    html = models.TextField(blank=True, editable=False)
    source_path = models.CharField(max_length=400, blank=True, editable=False)

    class Meta:
        verbose_name = _("further page")
        verbose_name_plural = _("further pages")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["lesson", "slug"], name="sub_page_address_once_per_lesson"),
            models.UniqueConstraint(
                fields=["lesson", "source_path"], condition=~Q(source_path=""), name="sub_page_once_per_source"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.html = render_markdown(self.body, title=self.title)
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("learning:sub_page", args=[self.lesson.course.slug, self.lesson.slug, self.slug])


class CourseFile(models.Model):
    """A picture or other file of a course. Served only to those who may read the course."""

    course = models.ForeignKey(Course, models.CASCADE, related_name="files")
    path = models.CharField(max_length=400, help_text=_("Its path in the course's source."))
    file = models.FileField(upload_to="courses/")
    size = models.PositiveBigIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("course file")
        verbose_name_plural = _("course files")
        ordering = ["path"]
        constraints = [models.UniqueConstraint(fields=["course", "path"], name="course_file_once_per_path")]

    def __str__(self) -> str:
        return self.path

    def get_absolute_url(self) -> str:
        return reverse("learning:course_file", args=[self.course.slug, self.path])
