"""Who changed what: to be read. Staff see all of it, instructors what concerns their courses."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from learning.admin.base import OwnCoursesAdmin, ReadOnly
from learning.models import AuditEntry

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnly, OwnCoursesAdmin):
    """Nothing here is ever changed or deleted."""

    course_path = "course"
    list_display = ["at", "who", "action", "thing", "course", "change"]
    list_filter = ["action"]
    search_fields = ["thing", "action"]
    search_help_text = _("Find by what happened, or by the thing, such as learning.user:12")
    fields = ["at", "who", "action", "thing", "course", "was", "became", "request_id"]
    date_hierarchy = "at"
    ordering = ["-at", "-id"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEntry]:
        return super().get_queryset(request).select_related("actor", "course")

    @admin.display(description=_("who"))
    def who(self, entry: AuditEntry) -> str:
        return entry.actor.name if entry.actor else str(_("command line"))

    @admin.display(description=_("before"))
    def was(self, entry: AuditEntry) -> str:
        return _words(entry.before)

    @admin.display(description=_("after"))
    def became(self, entry: AuditEntry) -> str:
        return _words(entry.after)

    @admin.display(description=_("change"))
    def change(self, entry: AuditEntry) -> str:
        return f"{_words(entry.before)} → {_words(entry.after)}"


def _words(values: dict[str, object]) -> str:
    """`is_staff: true`, one after the other."""
    return ", ".join(f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in values.items()) or "–"
