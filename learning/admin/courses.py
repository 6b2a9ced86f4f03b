"""Categories, courses and modules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Prefetch
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.admin import TabularInline
from unfold.decorators import display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminEmailInputWidget

from learning.admin.base import OwnCoursesAdmin, OwnInline, OwnRelatedFilter, StaffAdmin, person
from learning.admin.facts import learners_worked_in
from learning.admin.lessons import LessonInline
from learning.admin.order import AddressMadeForYou, ends_its_list, link, page_of
from learning.admin.uploads import check_picture
from learning.exceptions import LastInstructor, NothingToLearn, Refused
from learning.kinds import CourseState
from learning.models import Category, Course, Enrollment, Lesson, Module, User
from learning.policies import policy
from learning.selectors.teaching import with_learners
from learning.services import structure
from learning.services.audit import record
from learning.services.people import make_instructor, remove_instructor

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse


@admin.register(Category)
class CategoryAdmin(StaffAdmin):
    """Shelves are staff's; instructors choose among them."""

    list_display = ["name", "slug", "position"]
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}

    def choices(self, request: HttpRequest) -> QuerySet[Category]:
        return Category.objects.all()


class CourseForm(AddressMadeForYou):
    """A course, and who teaches it. People are named by their exact address: nobody can leaf through accounts."""

    add_instructor = forms.EmailField(
        label=_("Add an instructor"),
        required=False,
        widget=UnfoldAdminEmailInputWidget(attrs={"autocomplete": "off"}),
        help_text=_("The address that they sign in with. They may then change everything about this course."),
    )
    remove_instructors = forms.ModelMultipleChoiceField(
        label=_("Remove instructors"),
        queryset=User.objects.none(),
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=_("At least one must remain. Without it, they no longer see this course here."),
    )
    address_from = "title"
    newcomer: User | None = None

    class Meta:
        model = Course
        fields = ["title", "slug", "subtitle", "description", "category", "level", "language", "thumbnail", "time_zone"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "remove_instructors" in self.fields:
            cast("Any", self.fields["remove_instructors"]).queryset = self.instance.instructors.order_by("pk")

    def taken(self) -> set[str]:
        return set(Course.objects.exclude(pk=self.instance.pk).values_list("slug", flat=True))

    def clean_thumbnail(self) -> Any:
        picture = self.cleaned_data["thumbnail"]
        if picture and "thumbnail" in self.changed_data:
            check_picture(picture)
        return picture

    def clean_add_instructor(self) -> str:
        email = User.objects.normalize_email(self.cleaned_data["add_instructor"])
        if email:
            self.newcomer = User.objects.filter(email=email, is_active=True).first()
            if self.newcomer is None:
                raise ValidationError(_("Nobody signs in with this address yet."), code="unknown_person")
        return email

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        leaving = set(data.get("remove_instructors") or ())
        if leaving and not self.newcomer and leaving >= set(self.instance.instructors.all()):
            self.add_error("remove_instructors", str(_("A course needs at least one instructor.")))
        return data


class ModuleInline(OwnInline, TabularInline):
    """Modules in order: drag them, or write the numbers. They are deleted on their own page."""

    model = Module
    fields = ["title", "lessons", "position"]
    readonly_fields = ["lessons"]
    ordering_field = "position"
    extra = 0
    can_delete = False
    hide_title = True
    tab = True
    verbose_name_plural = _("modules, in order")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Module]:
        return super().get_queryset(request).annotate(lessons_in_it=Count("lessons"))

    @admin.display(description=_("lessons"))
    def lessons(self, module: Any) -> str:
        if not module.pk:
            return str(_("after saving"))
        count = module.lessons_in_it
        return link(page_of(module), ngettext("%(n)s lesson", "%(n)s lessons", count) % {"n": count})


@admin.register(Course)
class CourseAdmin(OwnCoursesAdmin):
    """A course and its modules. Opening and closing it are buttons, because they have consequences."""

    course_path = "pk"
    form = CourseForm
    inlines = [ModuleInline]
    list_display = ["title", "state_word", "category", "lessons_count_", "minutes", "learners", "published_on"]
    list_filter = ["state", "category", "level"]
    list_select_related = ["category"]
    search_fields = ["title", "subtitle"]
    search_help_text = _("Find a course by its title")
    prepopulated_fields = {"slug": ["title"]}
    actions = ["publish_selected", "unpublish_selected", "archive_selected"]
    compressed_fields = True
    _people = (_("Who teaches it"), {"fields": ["teachers", "add_instructor", "remove_instructors"]})
    _about = (None, {"fields": ["title", "slug", "subtitle", "description", "thumbnail"]})
    _where = (_("Where it is found"), {"fields": ["category", "level", "language", "time_zone"]})

    def get_queryset(self, request: HttpRequest) -> QuerySet[Course]:
        return with_learners(super().get_queryset(request)).prefetch_related(
            Prefetch("instructors", User.objects.order_by("pk"))
        )

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Courses are deleted one at a time, on their own page."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def get_fieldsets(self, request: HttpRequest, obj: Course | None = None) -> Any:
        if obj is None:
            people = (_("Who teaches it"), {"fields": ["add_instructor"], "description": _("You do.")})
            return [self._about, self._where, *([people] if person(request).is_staff_member else [])]
        return [(None, {"fields": ["standing"]}), self._about, self._where, self._people]

    def get_readonly_fields(self, request: HttpRequest, obj: Course | None = None) -> list[str]:
        return ["standing", "teachers"] if obj else []

    def get_prepopulated_fields(self, request: HttpRequest, obj: Course | None = None) -> dict[str, Any]:
        return {} if obj else self.prepopulated_fields

    def get_inlines(self, request: HttpRequest, obj: Course | None) -> list[Any]:
        return self.inlines if obj else []

    # --- what is shown -------------------------------------------------------------------------------------------
    @display(  # type: ignore[untyped-decorator]
        description=_("state"), ordering="state", label={"published": "success", "draft": "warning"}
    )
    def state_word(self, course: Course) -> tuple[str, str]:
        return course.state, course.get_state_display()

    @admin.display(description=_("lessons"), ordering="lessons_count")
    def lessons_count_(self, course: Course) -> int:
        return course.lessons_count

    @admin.display(description=_("minutes"), ordering="duration_minutes")
    def minutes(self, course: Course) -> int:
        return course.duration_minutes

    @admin.display(description=_("learners"), ordering="learners")
    def learners(self, course: Any) -> int:
        return course.learners

    @admin.display(description=_("published"), ordering="published_at", empty_value="–")
    def published_on(self, course: Course) -> Any:
        return course.published_at and course.published_at.date()

    @admin.display(description=_("state"))
    def standing(self, course: Any) -> str:
        """Of a saved course; the form of a new one has none of this yet."""
        return _("%(state)s · %(lessons)s published lessons, %(minutes)s minutes · %(learners)s learners") % {
            "state": course.get_state_display(),
            "lessons": course.lessons_count,
            "minutes": course.duration_minutes,
            "learners": getattr(course, "learners", 0),
        }

    @admin.display(description=_("instructors"))
    def teachers(self, course: Course) -> str:
        return ", ".join(teacher.name for teacher in course.instructors.all()) if course.pk else ""

    # --- what is done --------------------------------------------------------------------------------------------
    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        course = form.instance
        if form.newcomer or not change:
            make_instructor(form.newcomer or person(request), course, by=person(request), at=timezone.now())
        for colleague in form.cleaned_data.get("remove_instructors") or ():
            self._remove(request, colleague, course)

    def _remove(self, request: HttpRequest, colleague: User, course: Course) -> None:
        try:
            remove_instructor(colleague, course, by=person(request), at=timezone.now())
        except LastInstructor as refusal:  # somebody else was removed a moment ago
            self.message_user(request, refusal.detail, messages.ERROR)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        ends_its_list(formset, form.instance.modules.all())
        super().save_formset(request, form, formset, change)

    def response_change(self, request: HttpRequest, obj: Course) -> HttpResponse:
        for button, act in self._acts().items():
            if f"_{button}" in request.POST:
                self._tell(request, act, [obj])
        return super().response_change(request, obj)

    def response_add(self, request: HttpRequest, obj: Course, post_url_continue: str | None = None) -> HttpResponse:
        """A new course goes on with its modules."""
        answer = super().response_add(request, obj, post_url_continue)
        return answer if {"_popup", "_addanother"} & set(request.POST) else redirect(page_of(obj))

    def kept(self, rows: QuerySet[Course]) -> list[str]:
        count = Enrollment.objects.filter(course__in=rows).count()
        if not count:
            return []
        return [
            ngettext("%(n)s person is or was enrolled.", "%(n)s people are or were enrolled.", count) % {"n": count}
            + " "
            + str(_("Archive the course instead: nobody new comes in, and what was learnt is kept."))
        ]

    # --- opening and closing -------------------------------------------------------------------------------------
    def _acts(self) -> dict[str, Any]:
        return {"publish": self._publish, "unpublish": structure.unpublish, "archive": structure.archive}

    @staticmethod
    def _publish(course: Course, *, at: Any) -> bool:
        if not Lesson.objects.filter(course=course).published().exists():
            raise NothingToLearn(
                str(_("%(course)s has no published lesson yet, so it stays as it is.") % {"course": course.title})
            )
        return structure.publish(course, at=at)

    def _tell(self, request: HttpRequest, act: Any, courses: Any) -> None:
        for course in courses:
            was, now = course.state, timezone.now()
            try:
                done = act(course, at=now)
            except Refused as refusal:
                self.message_user(request, refusal.detail, messages.ERROR)
                continue
            if done:
                states = {"state": was}, {"state": course.state}
                record("course.state", course, by=person(request), at=now, before=states[0], after=states[1])
                self.log_change(request, course, [{"changed": {"fields": [str(_("state"))]}}])
                said = _("%(course)s is now: %(state)s.") % {
                    "course": course.title,
                    "state": course.get_state_display(),
                }
                self.message_user(request, said, messages.SUCCESS)

    @policy("course.publish")
    @admin.action(description=_("Publish"), permissions=["change"])
    def publish_selected(self, request: HttpRequest, courses: QuerySet[Course]) -> None:
        self._tell(request, self._publish, courses)

    @policy("course.publish")
    @admin.action(description=_("Unpublish (back to draft)"), permissions=["change"])
    def unpublish_selected(self, request: HttpRequest, courses: QuerySet[Course]) -> None:
        self._tell(request, structure.unpublish, courses)

    @policy("course.publish")
    @admin.action(description=_("Archive"), permissions=["change"])
    def archive_selected(self, request: HttpRequest, courses: QuerySet[Course]) -> None:
        self._tell(request, structure.archive, courses)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        """The buttons that fit the course's state (templates/admin/learning/course/submit_line.html)."""
        course = kwargs.get("obj")
        state = course.state if course and self.has_change_permission(request, course) else None
        context["may_publish"] = state in {CourseState.DRAFT, CourseState.ARCHIVED}
        context["may_unpublish"] = state in {CourseState.PUBLISHED, CourseState.ARCHIVED}
        context["may_archive"] = state == CourseState.PUBLISHED
        return super().render_change_form(request, context, *args, **kwargs)


@admin.register(Module)
class ModuleAdmin(OwnCoursesAdmin):
    """A part of a course, with its lessons in order. It stays in its course."""

    course_path = "course"
    fields = ["course", "title", "summary"]
    inlines = [LessonInline]
    list_display = ["title", "course", "position", "lessons"]
    list_filter = [("course", OwnRelatedFilter)]
    list_select_related = ["course"]
    search_fields = ["title", "course__title"]
    short_texts = ("summary",)
    ordering = ["course__title", "course_id", "position", "id"]

    def choices(self, request: HttpRequest) -> QuerySet[Module]:
        return self.get_queryset(request).select_related("course")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Module]:
        return super().get_queryset(request).annotate(lessons_in_it=Count("lessons"))

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def get_readonly_fields(self, request: HttpRequest, obj: Module | None = None) -> list[str]:
        return ["its_course"] if obj else []

    def get_fields(self, request: HttpRequest, obj: Module | None = None) -> list[str]:
        return ["its_course", "title", "summary"] if obj else ["course", "title", "summary"]

    def get_inlines(self, request: HttpRequest, obj: Module | None) -> list[Any]:
        return self.inlines if obj else []

    @admin.display(description=_("course"))
    def its_course(self, module: Module) -> str:
        return link(page_of(module.course), module.course.title)

    @admin.display(description=_("lessons"), ordering="lessons_in_it")
    def lessons(self, module: Any) -> int:
        return module.lessons_in_it

    def save_model(self, request: HttpRequest, obj: Module, form: Any, change: bool) -> None:
        if not change:
            obj.position = 1 + max(obj.course.modules.values_list("position", flat=True), default=-1)
        super().save_model(request, obj, form, change)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        ends_its_list(formset, form.instance.lessons.all())
        super().save_formset(request, form, formset, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        structure.structure_changed(form.instance.course, at=timezone.now())

    def delete_model(self, request: HttpRequest, obj: Module) -> None:
        course = obj.course
        super().delete_model(request, obj)
        structure.structure_changed(course, at=timezone.now())

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Module]) -> None:
        courses = list(Course.objects.filter(modules__in=queryset).distinct())
        super().delete_queryset(request, queryset)
        for course in courses:
            structure.structure_changed(course, at=timezone.now())

    def kept(self, rows: QuerySet[Module]) -> list[str]:
        return learners_worked_in(Lesson.objects.filter(module__in=rows))
