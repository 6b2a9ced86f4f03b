"""What instructors read of the assistant and answer: questions sent to them, and conversations that were shared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Exists, OuterRef, Q
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from chat.kinds import Role
from chat.models import Conversation, Message, SentQuestion
from chat.rendering import render
from chat.selectors.conversations import name_of
from chat.services.instructors import put_answer
from chat.services.sharing import read_shared
from learning.admin.base import OwnCoursesAdmin, OwnRelatedFilter, ReadOnly, person
from learning.exceptions import Refused

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

    from learning.models import User

NEWEST = 200
LONGEST = 8000


class OfTaughtCourses(OwnCoursesAdmin):
    """For those who teach; staff who do not teach see nothing of what learners asked."""

    policies = "admin.taught"
    show_full_result_count = False

    def is_open_to(self, user: User) -> bool:
        return super().is_open_to(user) and (not user.is_staff_member or user.courses_taught.exists())


@admin.register(Conversation)
class SharedConversationAdmin(ReadOnly, OfTaughtCourses):
    """Private ones do not exist here. Each reading is shown to the learner."""

    course_path = "course"
    list_display = ["title", "learner", "course", "message_count", "last_message_at"]
    list_filter = [("course", OwnRelatedFilter)]
    search_fields = ["title", "asker__display_name"]
    search_help_text = _("Find by title or by the learner's name")
    ordering = ["-last_message_at", "-id"]
    fields = ["learner", "course", "created_at", "thread"]

    def reach(self, rows: QuerySet, user: User) -> QuerySet:
        return rows.filter(pk__in=Conversation.objects.shared_with(user).values("pk"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Conversation]:
        return super().get_queryset(request).select_related("asker", "course")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        found = self.get_object(request, object_id) if request.method == "GET" else None
        if found is not None and found.asker_id != request.user.pk:
            read_shared(found, reader=person(request), at=timezone.now())
        return super().change_view(request, object_id, form_url, extra_context)

    @admin.display(description=_("learner"), ordering="asker__display_name")
    def learner(self, row: Conversation) -> str:
        return row.asker.name

    @admin.display(description=_("conversation"))
    def thread(self, row: Conversation) -> SafeString:
        newest = row.messages.select_related("asker", "author").order_by("-created_at", "-id")[:NEWEST]
        return _thread(list(reversed(newest)))


class AnswerForm(forms.ModelForm):
    """An answer to a question; emptied, it is taken back."""

    answer = forms.CharField(
        label=_("your answer"),
        required=False,
        max_length=LONGEST,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 8}),
        help_text=_(
            "Markdown. It stands in the learner's conversation under your name, and from then on the assistant may "
            "quote it to everybody in the course, without the question. Emptied, it is taken back."
        ),
    )

    class Meta:
        model = SentQuestion
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        standing = self.instance.replies.first() if self.instance.pk else None
        self.fields["answer"].initial = standing.content if standing else ""


class IsAnswered(admin.SimpleListFilter):
    title = _("answer")
    parameter_name = "answered"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("no", _("Waits for one")), ("yes", _("Answered"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() not in {"no", "yes"}:
            return queryset
        return queryset.filter(replies__isnull=self.value() == "no")


@admin.register(SentQuestion)
class SentQuestionAdmin(OfTaughtCourses):
    """Questions that learners sent to their instructors, each with what the assistant said, and nothing around it."""

    can_add = False
    can_delete = False
    course_path = "conversation__course"
    form = AnswerForm
    list_display = ["question", "learner", "course", "sent_to_instructor_at", "is_answered"]
    list_filter = [IsAnswered, ("conversation__course", OwnRelatedFilter)]
    search_fields = ["content"]
    ordering = ["-sent_to_instructor_at", "-id"]
    fields = ["learner", "course", "lesson", "exchange", "answer"]
    readonly_fields = ["learner", "course", "lesson", "exchange"]

    def reach(self, rows: QuerySet, user: User) -> QuerySet:
        return rows.filter(pk__in=Message.objects.told_to(user).values("pk"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[SentQuestion]:
        rows = super().get_queryset(request).select_related("asker", "conversation__course", "lesson")
        return rows.annotate(has_reply=Exists(Message.objects.filter(replies_to=OuterRef("pk"))))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What a colleague answered is to be read."""
        return super().has_change_permission(request, obj) and not (
            isinstance(obj, SentQuestion) and obj.replies.exclude(author=person(request)).exists()
        )

    def save_model(self, request: HttpRequest, obj: SentQuestion, form: Any, change: bool) -> None:
        text = form.cleaned_data["answer"]
        try:
            put_answer(question=obj, instructor=person(request), text=text, at=timezone.now())
        except Refused as refused:
            messages.error(request, refused.detail)

    @admin.display(description=_("question"))
    def question(self, row: SentQuestion) -> str:
        return Truncator(row.content).chars(100)

    @admin.display(description=_("learner"), ordering="asker__display_name")
    def learner(self, row: SentQuestion) -> str:
        return row.asker.name

    @admin.display(description=_("course"), ordering="conversation__course__title")
    def course(self, row: SentQuestion) -> str:
        return row.conversation.course.title

    @admin.display(description=_("answered"), boolean=True)
    def is_answered(self, row: SentQuestion) -> bool:
        return bool(getattr(row, "has_reply", False))

    @admin.display(description=_("question and answer"))
    def exchange(self, row: SentQuestion) -> SafeString:
        said = Message.objects.filter(Q(pk=row.pk) | Q(answers=row.pk) | Q(replies_to=row.pk))
        return _thread(list(said.select_related("asker", "author").order_by("created_at", "id")))


def _thread(rows: list[Message]) -> SafeString:
    said = [
        {
            "who": _who(message),
            "html": render(message.content),
            "message": message,
            "is_learner": message.role == Role.USER,
        }
        for message in rows
        if message.content
    ]
    return render_to_string("admin/chat/thread.html", {"said": said})


def _who(message: Any) -> str:
    if message.role == Role.USER:
        return message.asker.name
    return name_of(message.author) if message.role == Role.INSTRUCTOR else str(_("Assistant"))
