"""What instructors read of the assistant: conversations that their learners shared, each reading written down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from chat.kinds import Role
from chat.models import Conversation
from chat.rendering import render
from chat.selectors.conversations import name_of
from chat.services.sharing import read_shared
from learning.admin.base import OwnCoursesAdmin, OwnRelatedFilter, ReadOnly, person

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

    from learning.models import User

NEWEST = 200


@admin.register(Conversation)
class SharedConversationAdmin(ReadOnly, OwnCoursesAdmin):
    """Private ones do not exist here, and staff who do not teach read none. Each reading is shown to the learner."""

    policies = "admin.taught"
    course_path = "course"
    list_display = ["title", "learner", "course", "message_count", "last_message_at"]
    list_filter = [("course", OwnRelatedFilter)]
    search_fields = ["title", "asker__display_name"]
    search_help_text = _("Find by title or by the learner's name")
    ordering = ["-last_message_at", "-id"]
    fields = ["learner", "course", "created_at", "thread"]
    show_full_result_count = False

    def is_open_to(self, user: User) -> bool:
        return super().is_open_to(user) and (not user.is_staff_member or user.courses_taught.exists())

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
        newest = row.messages.select_related("author").order_by("-created_at", "-id")[:NEWEST]
        said = [
            {"who": _who(message), "html": render(message.content), "message": message, "is_learner": is_learners}
            for message in reversed(newest)
            if (is_learners := message.role == Role.USER) or message.content
        ]
        return render_to_string("admin/chat/thread.html", {"said": said})


def _who(message: Any) -> str:
    if message.role == Role.USER:
        return message.asker.name
    return name_of(message.author) if message.role == Role.INSTRUCTOR else str(_("Assistant"))
