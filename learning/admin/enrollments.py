"""Who learns where, how far they are, and what they were given for it: to be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin, messages
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import display

from learning.admin.base import OwnCoursesAdmin, OwnRelatedFilter, ReadOnly, person
from learning.models import Certificate, Course, Enrollment, LessonProgress
from learning.policies import policy
from learning.selectors.names import name_for_teachers
from learning.services.certificates import revoke

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest


def duration(seconds: int) -> str:
    """`12 h 30 min`."""
    hours, minutes = divmod(seconds // 60, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


class FoundByName(OwnCoursesAdmin):
    """Learners are found by their names, but not in a course that shows none."""

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        rows, doubled = super().get_search_results(request, queryset, search_term)
        if search_term.strip():
            nameless = Course.objects.filter(learners_by_alias=True)
            rows = rows.exclude(**{f"{self.course_path}__in": nameless})
        return rows, doubled


@admin.register(Enrollment)
class EnrollmentAdmin(ReadOnly, FoundByName):
    """A learner's place in a course. Instructors see the name that the learner chose, never the address."""

    course_path = "course"
    list_display = ["learner_name", "course_title", "progress", "time", "last_accessed_at", "started_at", "standing"]
    list_display_links = ["learner_name"]
    list_filter = [("course", OwnRelatedFilter)]
    list_select_related = ["learner", "course"]
    search_fields = ["learner__display_name"]
    search_help_text = _("Find a learner by name")
    date_hierarchy = "started_at"
    ordering = ["-started_at", "-id"]
    fields = [
        "learner_name",
        "course_title",
        "standing",
        "progress",
        "completed_lessons",
        "required_lessons",
        "time",
        "started_at",
        "first_activity_at",
        "last_accessed_at",
        "completed_at",
        "left_at",
    ]

    @admin.display(description=_("learner"), ordering="learner__display_name")
    def learner_name(self, enrollment: Enrollment) -> str:
        return name_for_teachers(enrollment.learner, enrollment.course)

    @admin.display(description=_("course"), ordering="course__title")
    def course_title(self, enrollment: Enrollment) -> str:
        return enrollment.course.title

    @admin.display(description=_("progress"), ordering="percent")
    def progress(self, enrollment: Enrollment) -> str:
        return f"{enrollment.percent} %"

    @admin.display(description=_("study time"), ordering="seconds")
    def time(self, enrollment: Enrollment) -> str:
        return duration(enrollment.seconds)

    @display(  # type: ignore[untyped-decorator]
        description=_("state"), label={"completed": "success", "left": "warning"}
    )
    def standing(self, enrollment: Enrollment) -> tuple[str, str]:
        if enrollment.left_at:
            return "left", str(_("Left"))
        return ("completed", str(_("Completed"))) if enrollment.completed_at else ("learning", str(_("Learning")))


@admin.register(LessonProgress)
class LessonProgressAdmin(ReadOnly, FoundByName):
    """A learner's place in one lesson."""

    course_path = "lesson__course"
    list_display = ["learner_name", "lesson_title", "course_title", "time", "last_seen_at", "completed_at"]
    list_display_links = ["learner_name"]
    list_filter = [("lesson__course", OwnRelatedFilter)]
    list_select_related = ["learner", "lesson__course"]
    search_fields = ["learner__display_name", "lesson__title"]
    search_help_text = _("Find by a learner's name or a lesson's title")
    fields = ["learner_name", "lesson_title", "course_title", "time", "coverage", "last_seen_at", "completed_at"]
    ordering = ["-last_seen_at", "-id"]

    @admin.display(description=_("learner"), ordering="learner__display_name")
    def learner_name(self, progress: LessonProgress) -> str:
        return name_for_teachers(progress.learner, progress.lesson.course)

    @admin.display(description=_("lesson"), ordering="lesson__title")
    def lesson_title(self, progress: LessonProgress) -> str:
        return progress.lesson.title

    @admin.display(description=_("course"), ordering="lesson__course__title")
    def course_title(self, progress: LessonProgress) -> str:
        return progress.lesson.course.title

    @admin.display(description=_("study time"), ordering="seconds")
    def time(self, progress: LessonProgress) -> str:
        return duration(progress.seconds)


@admin.register(Certificate)
class CertificateAdmin(ReadOnly, FoundByName):
    """What was finished, as it was called then. Staff may revoke one."""

    course_path = "enrollment__course"
    list_display = ["whose", "course_title", "issued_at", "revoked_at"]
    search_fields = ["learner_name", "course_title"]
    fields = ["whose", "course_title", "uuid", "time", "issued_at", "revoked_at"]
    list_select_related = ["enrollment__learner", "enrollment__course"]
    readonly_fields = ["whose", "time"]
    ordering = ["-issued_at", "-id"]
    actions = ["revoke_selected"]

    @admin.display(description=_("name"), ordering="learner_name")
    def whose(self, certificate: Certificate) -> str:
        course = certificate.enrollment.course
        hidden = name_for_teachers(certificate.enrollment.learner, course) if course.learners_by_alias else ""
        return hidden or certificate.learner_name

    @admin.display(description=_("study time"))
    def time(self, certificate: Certificate) -> str:
        return duration(certificate.seconds)

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return person(request).is_staff_member

    @policy("certificate.revoke")
    @admin.action(description=_("Revoke"), permissions=["revoke"])
    def revoke_selected(self, request: HttpRequest, certificates: QuerySet[Certificate]) -> None:
        changed = [row for row in certificates if revoke(row, by=person(request), at=timezone.now())]
        for row in changed:
            self.log_change(request, row, [{"changed": {"fields": [str(_("revoked"))]}}])
        said = ngettext("%(n)s certificate revoked.", "%(n)s certificates revoked.", len(changed))
        self.message_user(request, said % {"n": len(changed)}, messages.SUCCESS)
