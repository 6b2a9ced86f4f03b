"""Questions with their answers, and learners' attempts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline

from learning.admin.base import OwnCoursesAdmin, OwnInline, ReadOnly
from learning.admin.order import ends_its_list, link, page_of
from learning.kinds import LessonKind, QuestionKind
from learning.models import Choice, PracticeAttempt, Question

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


class QuestionForm(forms.ModelForm):
    """A question. What its kind can't do without is an error; what only looks odd is a warning after saving."""

    class Meta:
        model = Question
        fields = ["lesson", "kind", "text", "explanation", "accepted", "number", "tolerance"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        kind = data.get("kind")
        if kind == QuestionKind.NUMBER and data.get("number") is None and "number" not in self.errors:
            self.add_error("number", str(_("Write the right number.")))
        if kind == QuestionKind.TEXT and not (data.get("accepted") or "").strip():
            self.add_error("accepted", str(_("Write at least one answer that counts as right.")))
        return data


class ChoiceForm(forms.ModelForm):
    """An answer. An empty row stays empty when another one is dragged past it."""

    class Meta:
        model = Choice
        fields = ["text", "is_correct", "position"]

    def has_changed(self) -> bool:
        return bool(self.instance.pk and self.changed_data) or not set(self.changed_data) <= {"position"}


class ChoiceInline(OwnInline, TabularInline):
    """The answers to choose from."""

    model = Choice
    form = ChoiceForm
    fields = ["text", "is_correct", "position"]
    ordering_field = "position"
    hide_title = True
    verbose_name_plural = _("answers, for single and multiple choice")

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        """A new question begins with room for four answers; rows left empty are not kept."""
        return 0 if obj else 4

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "text":
            field.widget.attrs["rows"] = 1
        return field


class LessonChoice(forms.ModelChoiceField):
    def label_from_instance(self, lesson: Any) -> str:
        return f"{lesson.course.title} › {lesson.title}"


@admin.register(Question)
class QuestionAdmin(OwnCoursesAdmin):
    """A question of a practice lesson, with its answers. It stays in its lesson."""

    course_path = "lesson__course"
    form = QuestionForm
    inlines = [ChoiceInline]
    list_display = ["text_start", "lesson", "kind", "position"]
    list_display_links = ["text_start"]
    list_filter = ["kind"]
    short_texts = ("text", "explanation", "accepted")
    list_select_related = ["lesson"]
    search_fields = ["text", "lesson__title"]
    ordering = ["lesson__title", "lesson_id", "position", "id"]
    conditional_fields = {
        "accepted": "kind == 'text'",
        "number": "kind == 'number'",
        "tolerance": "kind == 'number'",
    }

    def get_fields(self, request: HttpRequest, obj: Question | None = None) -> list[str]:
        return ["its_lesson" if obj else "lesson", *self.form.Meta.fields[1:]]

    def get_readonly_fields(self, request: HttpRequest, obj: Question | None = None) -> list[str]:
        return ["its_lesson"] if obj else []

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "lesson":
            rows = self.get_field_queryset(None, db_field, request)
            kwargs["queryset"] = rows.filter(kind=LessonKind.PRACTICE).select_related("course")
            kwargs["form_class"] = LessonChoice
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @admin.display(description=_("question"), ordering="text")
    def text_start(self, question: Question) -> str:
        return str(question)

    @admin.display(description=_("lesson"))
    def its_lesson(self, question: Question) -> str:
        return link(page_of(question.lesson), question.lesson.title)

    def save_model(self, request: HttpRequest, obj: Question, form: Any, change: bool) -> None:
        if not change:
            obj.position = 1 + max(obj.lesson.questions.values_list("position", flat=True), default=-1)
        super().save_model(request, obj, form, change)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        ends_its_list(formset, form.instance.choices.all())
        super().save_formset(request, form, formset, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if odd := _odd(form.instance):
            self.message_user(request, odd, messages.WARNING)

    def response_add(self, request: HttpRequest, obj: Question, post_url_continue: str | None = None) -> HttpResponse:
        """“Save and add another” stays in the same practice."""
        answer = super().response_add(request, obj, post_url_continue)
        if "_addanother" in request.POST:
            answer["Location"] = f"{request.path}?lesson={obj.lesson_id}"
        return answer


def _odd(question: Question) -> str:
    """What learners would stumble over, if anything."""
    right = question.choices.filter(is_correct=True).count()
    if question.kind == QuestionKind.SINGLE and right != 1:
        return gettext(
            "A single choice needs exactly one right answer. Until then the question is shown and not scored."
        )
    if question.kind == QuestionKind.MULTIPLE and not right:
        return gettext("No answer is marked as right. Until then the question is shown and not scored.")
    return ""


@admin.register(PracticeAttempt)
class PracticeAttemptAdmin(ReadOnly, OwnCoursesAdmin):
    """Each go at a practice, as it was."""

    course_path = "lesson__course"
    list_display = ["learner_name", "lesson_title", "started_at", "finished_at", "score", "passed"]
    list_display_links = ["learner_name"]
    list_filter = ["passed"]
    list_select_related = ["learner", "lesson"]
    search_fields = ["learner__display_name", "lesson__title"]
    fields = ["learner_name", "lesson_title", "started_at", "finished_at", "abandoned_at", "score", "passed"]
    ordering = ["-started_at", "-id"]

    @admin.display(description=_("learner"), ordering="learner__display_name")
    def learner_name(self, attempt: PracticeAttempt) -> str:
        return attempt.learner.name

    @admin.display(description=_("lesson"), ordering="lesson__title")
    def lesson_title(self, attempt: PracticeAttempt) -> str:
        return attempt.lesson.title
