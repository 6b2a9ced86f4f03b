"""The catalogue: published courses, found by words and filters, in a stable order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django_filters
from django.core.validators import RegexValidator
from django.db.models import BooleanField, Exists, F, OuterRef, Prefetch, Q, Value
from django.utils.translation import gettext_lazy as _
from django_filters.filterset import FilterSet

from learning.kinds import Level
from learning.models import Category, Course, Enrollment, User

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from learning.models.courses import CourseQuerySet, Viewer

SHORT, MEDIUM = 60, 300
DURATIONS = [("short", _("Up to 1 hour")), ("medium", _("1 to 5 hours")), ("long", _("More than 5 hours"))]
ORDERINGS = [("title", _("Name")), ("newest", _("Newest")), ("shortest", _("Shortest")), ("longest", _("Longest"))]
_ORDER: dict[str, tuple[Any, ...]] = {
    "title": ("title", "id"),
    "newest": (F("published_at").desc(nulls_last=True), "-id"),
    "shortest": ("duration_minutes", "id"),
    "longest": ("-duration_minutes", "id"),
}


def catalogue(viewer: Viewer) -> CourseQuerySet:
    """Published courses with category, instructors and `is_enrolled`; three queries however many there are."""
    return _for_cards(Course.objects.published(), viewer)


def course_page(viewer: Viewer) -> CourseQuerySet:
    """The courses whose page this person may open, made ready in the same way."""
    return _for_cards(Course.objects.of(viewer), viewer)


def _for_cards(courses: CourseQuerySet, viewer: Viewer) -> CourseQuerySet:
    courses = courses.select_related("category").prefetch_related(
        Prefetch("instructors", User.objects.only("id", "display_name", "email").order_by("id"))
    )
    if not viewer.is_authenticated:
        return courses.annotate(is_enrolled=Value(False, BooleanField()))
    mine = Enrollment.objects.current().filter(learner=viewer.pk, course=OuterRef("pk"))
    return courses.annotate(is_enrolled=Exists(mine))


class CourseFilter(FilterSet):
    """`search, category, level, language, duration, ordering`; an unknown value is an error with its field named."""

    search = django_filters.CharFilter(method="find", label=_("Search"), max_length=100)
    category = django_filters.ModelChoiceFilter(
        queryset=Category.objects.all(), to_field_name="slug", label=_("Category")
    )
    level = django_filters.ChoiceFilter(choices=Level.choices, label=_("Level"))
    language = django_filters.CharFilter(
        max_length=12, validators=[RegexValidator(r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z")], label=_("Language")
    )
    duration = django_filters.ChoiceFilter(choices=DURATIONS, method="of_length", label=_("Length"))
    ordering = django_filters.ChoiceFilter(choices=ORDERINGS, method="in_order", label=_("Sort by"))

    class Meta:
        model = Course
        fields = ["search", "category", "level", "language", "duration", "ordering"]

    def find(self, courses: QuerySet[Course], name: str, words: str) -> QuerySet[Course]:
        """Every word must stand in the title, the subtitle or the description."""
        for word in words.replace("\x00", " ").split()[:8]:
            courses = courses.filter(
                Q(title__icontains=word) | Q(subtitle__icontains=word) | Q(description__icontains=word)
            )
        return courses

    def of_length(self, courses: QuerySet[Course], name: str, length: str) -> QuerySet[Course]:
        bounds: dict[str, dict[str, Any]] = {
            "short": {"duration_minutes__lte": SHORT},
            "medium": {"duration_minutes__gt": SHORT, "duration_minutes__lte": MEDIUM},
            "long": {"duration_minutes__gt": MEDIUM},
        }
        return courses.filter(**bounds[length])

    def in_order(self, courses: QuerySet[Course], name: str, ordering: str) -> QuerySet[Course]:
        return courses.order_by(*_ORDER[ordering])
