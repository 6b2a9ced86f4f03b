"""Lessons and their further pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.core.validators import URLValidator
from django.db import transaction
from django.db.models import Count
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.admin import StackedInline, TabularInline
from unfold.widgets import UnfoldAdminURLInputWidget

from learning.admin.base import OwnCoursesAdmin, OwnInline, OwnRelatedFilter
from learning.admin.facts import learners_worked_in
from learning.admin.order import AddressMadeForYou, ends_its_list, free_address, link, page_of
from learning.admin.uploads import check_captions, check_video
from learning.kinds import LessonKind
from learning.models import Course, Lesson, Module, Question, SubPage
from learning.policies import policy
from learning.services.structure import put_into, structure_changed

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse


class LessonLineForm(forms.ModelForm):
    """A lesson as a line of its module; its address is made from the title, its kind is chosen once."""

    class Meta:
        model = Lesson
        fields = ["title", "kind", "estimated_minutes", "is_required", "is_published", "position"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "kind" in self.fields:
            self.fields["kind"].disabled = True

    def save(self, commit: bool = True) -> Lesson:
        if not self.instance.slug:
            taken = set(Lesson.objects.filter(course=self.instance.module.course).values_list("slug", flat=True))
            self.instance.slug = free_address(self.instance.title, taken)
        return super().save(commit)


class LessonInline(OwnInline, TabularInline):
    """Lessons in order: drag them, or write the numbers."""

    model = Lesson
    form = LessonLineForm
    fields = ["title", "opens", "kind", "estimated_minutes", "is_required", "is_published", "position"]
    readonly_fields = ["opens"]
    ordering_field = "position"
    extra = 0
    can_delete = False
    hide_title = True
    verbose_name_plural = _("lessons, in order")

    @admin.display(description=_("lesson"))
    def opens(self, lesson: Lesson) -> str:
        return link(page_of(lesson), _("Open")) if lesson.pk else str(_("after saving"))


class ModuleChoice(forms.ModelChoiceField):
    def label_from_instance(self, module: Any) -> str:
        return f"{module.course.title} › {module.title}"


class LessonForm(AddressMadeForYou):
    """A lesson. The kind is chosen once, because learners' facts depend on it."""

    video_url = forms.URLField(
        label=_("Video address"),
        required=False,
        max_length=500,
        assume_scheme="https",
        widget=UnfoldAdminURLInputWidget,
        help_text=_("Where the video file is, beginning with https://"),
    )

    class Meta:
        model = Lesson
        exclude = ["course", "html", "position", "source_path"]

    def _module(self) -> Module | None:
        return self.cleaned_data.get("module") or getattr(self.instance, "module", None)

    def taken(self) -> set[str]:
        module = self._module()
        if module is None:
            return set()
        others = Lesson.objects.filter(course=module.course_id).exclude(pk=self.instance.pk)
        return set(others.values_list("slug", flat=True))

    def clean(self) -> dict[str, Any]:
        """A lesson that moves to another course takes the next free address there, unless one was written."""
        module = self.cleaned_data.get("module")
        moves = self.instance.pk and module and module.course_id != self.instance.course_id
        if moves and "slug" not in self.changed_data:
            self.cleaned_data["slug"] = free_address(self.cleaned_data.get("slug") or "", self.taken())
        self._ask_for_the_length()
        return super().clean()

    def _ask_for_the_length(self) -> None:
        """A video is watched when 95 % of its length was played: without a length nobody ever finishes it."""
        has_video = self.cleaned_data.get("video_file") or self.cleaned_data.get("video_url")
        if has_video and self.cleaned_data.get("duration_seconds") == 0:
            self.add_error("duration_seconds", _("Write how long the video is; else nobody can finish this lesson."))

    def clean_video_file(self) -> Any:
        return self._checked("video_file", check_video)

    def clean_captions(self) -> Any:
        return self._checked("captions", check_captions)

    def _checked(self, name: str, check: Any) -> Any:
        file = self.cleaned_data[name]
        if file and name in self.changed_data:
            check(file)
        return file

    def clean_video_url(self) -> str:
        """Pages play media from this site and over https, nothing else."""
        url = self.cleaned_data["video_url"]
        if url:
            URLValidator(schemes=["https"], message=_("The address must begin with https://."))(url)
        return url


class SubPageForm(AddressMadeForYou):
    class Meta:
        model = SubPage
        fields = ["title", "slug", "body", "position"]

    def taken(self) -> set[str]:
        others = SubPage.objects.filter(lesson=self.instance.lesson_id).exclude(pk=self.instance.pk)
        return set(others.values_list("slug", flat=True)) if self.instance.lesson_id else set()


class SubPageInline(OwnInline, StackedInline):
    """Further pages: linked from the lesson, not counted."""

    model = SubPage
    form = SubPageForm
    fields = ["title", "slug", "body", "position"]
    ordering_field = "position"
    extra = 0
    tab = True


class QuestionInline(OwnInline, TabularInline):
    """The questions in order; each is written on a page of its own, with its answers."""

    model = Question
    fields = ["question", "kind_word", "answers", "position"]
    readonly_fields = ["question", "kind_word", "answers"]
    ordering_field = "position"
    extra = 0
    can_add = False
    can_delete = False
    hide_title = True
    tab = True
    verbose_name_plural = _("questions, in order")

    @admin.display(description=_("question"))
    def question(self, question: Question) -> str:
        return link(page_of(question), question)

    @admin.display(description=_("kind"))
    def kind_word(self, question: Question) -> str:
        return question.get_kind_display()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Question]:
        return super().get_queryset(request).annotate(choices_in_it=Count("choices"))

    @admin.display(description=_("answers"))
    def answers(self, question: Any) -> int:
        return question.choices_in_it


@admin.register(Lesson)
class LessonAdmin(OwnCoursesAdmin):
    """A lesson, with the fields of its kind."""

    course_path = "course"
    form = LessonForm
    list_display = ["title", "course", "module", "kind", "estimated_minutes", "is_required", "is_published"]
    list_filter = [("course", OwnRelatedFilter), "kind", "is_published", "is_required"]
    list_select_related = ["course", "module"]
    list_filter_submit = False
    search_fields = ["title", "module__title", "course__title"]
    search_help_text = _("Find a lesson by its title, module or course")
    ordering = ["course__title", "course_id", "module__position", "module_id", "position", "id"]
    prepopulated_fields = {"slug": ["title"]}
    actions = ["publish_selected", "unpublish_selected"]

    class Media:
        js = [forms.Script("learning/admin/film-length.js", type="module")]

    _of_kind = {
        LessonKind.TEXT: ["min_seconds"],
        LessonKind.VIDEO: ["video_file", "video_url", "captions", "duration_seconds", "forbid_skipping"],
        LessonKind.PRACTICE: ["pass_mark"],
    }

    # On the page of a new lesson the fields follow the chosen kind; later the kind is no field, and they stand.
    conditional_fields = {
        name: f"typeof kind === 'undefined' || kind == '{kind}'" for kind, names in _of_kind.items() for name in names
    }

    # --- what is shown -------------------------------------------------------------------------------------------
    def get_fieldsets(self, request: HttpRequest, obj: Lesson | None = None) -> Any:
        rules = ["is_published", "is_required", "is_preview", "estimated_minutes"]
        if obj is None:
            by_kind = [name for names in self._of_kind.values() for name in names]
            return [
                (None, {"fields": ["module", "kind", "title", "slug", "body", *by_kind]}),
                (_("How it counts"), {"fields": rules}),
            ]
        mine = self._of_kind.get(LessonKind(obj.kind), [])
        return [
            (None, {"fields": ["path", "title", "slug", "module", "body"]}),
            (obj.get_kind_display(), {"fields": [*mine, *(["more_questions"] if self._asks(obj) else [])]}),
            (_("How it counts"), {"fields": rules}),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Lesson | None = None) -> list[str]:
        return ["path", "more_questions"] if obj else []

    def get_inlines(self, request: HttpRequest, obj: Lesson | None) -> list[Any]:
        if obj is None:
            return []
        return [QuestionInline, SubPageInline] if self._asks(obj) else [SubPageInline]

    def get_prepopulated_fields(self, request: HttpRequest, obj: Lesson | None = None) -> dict[str, Any]:
        return {} if obj else self.prepopulated_fields

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "module":
            kwargs["form_class"] = ModuleChoice
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @staticmethod
    def _asks(lesson: Lesson) -> bool:
        return lesson.kind == LessonKind.PRACTICE

    @admin.display(description=_("where"))
    def path(self, lesson: Lesson) -> str:
        return format_html(
            "{} › {}",
            link(page_of(lesson.course), lesson.course.title),
            link(page_of(lesson.module), lesson.module.title),
        )

    @admin.display(description=_("questions"))
    def more_questions(self, lesson: Lesson) -> str:
        where = reverse("admin:learning_question_add")
        return link(f"{where}?lesson={lesson.pk}", _("Write a question"))

    # --- what is done --------------------------------------------------------------------------------------------
    def save_model(self, request: HttpRequest, obj: Lesson, form: Any, change: bool) -> None:
        if change and "module" in form.changed_data:
            stored = Lesson.objects.select_related("course").get(pk=obj.pk)
            form.touched = put_into(stored, to=obj.module)
            obj.source_path = stored.source_path
        if not change or "module" in form.changed_data:
            others = obj.module.lessons.exclude(pk=obj.pk).values_list("position", flat=True)
            obj.position = 1 + max(others, default=-1)
        super().save_model(request, obj, form, change)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        ends_its_list(formset, form.instance.sub_pages.all())
        super().save_formset(request, form, formset, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The courses are counted last and once: by then the lesson and its further pages are what they will be."""
        super().save_related(request, form, formsets, change)
        for course in getattr(form, "touched", [form.instance.course]):
            structure_changed(course, at=timezone.now())
        self._say_what_is_missing(request, form.instance)

    def _say_what_is_missing(self, request: HttpRequest, lesson: Lesson) -> None:
        if self._asks(lesson) and not lesson.questions.exists():
            self.message_user(request, _("This practice has no question yet."), messages.WARNING)
        if lesson.kind == LessonKind.VIDEO and not (lesson.video_file or lesson.video_url):
            self.message_user(request, _("This lesson has no video yet."), messages.WARNING)

    def response_add(self, request: HttpRequest, obj: Lesson, post_url_continue: str | None = None) -> HttpResponse:
        """A new practice goes on with its questions."""
        answer = super().response_add(request, obj, post_url_continue)
        stays = self._asks(obj) and not {"_popup", "_addanother"} & set(request.POST)
        return redirect(page_of(obj)) if stays else answer

    def delete_model(self, request: HttpRequest, obj: Lesson) -> None:
        course = obj.course
        super().delete_model(request, obj)
        structure_changed(course, at=timezone.now())

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Lesson]) -> None:
        courses = self._courses(queryset)
        super().delete_queryset(request, queryset)
        for course in courses:
            structure_changed(course, at=timezone.now())

    def kept(self, rows: QuerySet[Lesson]) -> list[str]:
        return learners_worked_in(rows)

    @staticmethod
    def _courses(lessons: QuerySet[Lesson]) -> list[Course]:
        return list(Course.objects.filter(pk__in=lessons.order_by().values("course")))

    @policy("lesson.publish")
    @admin.action(description=_("Publish"), permissions=["change"])
    def publish_selected(self, request: HttpRequest, lessons: QuerySet[Lesson]) -> None:
        self._set_published(request, lessons, True)

    @policy("lesson.publish")
    @admin.action(description=_("Unpublish"), permissions=["change"])
    def unpublish_selected(self, request: HttpRequest, lessons: QuerySet[Lesson]) -> None:
        self._set_published(request, lessons, False)

    @transaction.atomic
    def _set_published(self, request: HttpRequest, lessons: QuerySet[Lesson], published: bool) -> None:
        ids = list(lessons.order_by().values_list("pk", flat=True))
        changed = list(Lesson.objects.filter(pk__in=ids, is_published=not published))
        Lesson.objects.filter(pk__in=[lesson.pk for lesson in changed]).update(is_published=published)
        for course in self._courses(Lesson.objects.filter(pk__in=[lesson.pk for lesson in changed])):
            structure_changed(course, at=timezone.now())
        for lesson in changed:
            self.log_change(request, lesson, [{"changed": {"fields": [str(_("published"))]}}])
