"""What waits to leave, and what was given up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin, messages
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import display

from learning.admin.base import ReadOnly, StaffAdmin, person
from learning.models import Outbox
from learning.outbox import try_again
from learning.policies import policy
from learning.services.audit import record_each

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest


@admin.register(Outbox)
class OutboxAdmin(ReadOnly, StaffAdmin):
    """Read, and try again. What a row carries is not shown: it may be somebody's mail."""

    list_display = ["key", "kind", "state_word", "attempts", "created_at", "run_at", "done_at"]
    list_filter = ["state", "kind"]
    search_fields = ["key"]
    fields = [
        "key",
        "kind",
        "state",
        "attempts",
        "crashes",
        "created_at",
        "run_at",
        "handed_until",
        "lease_until",
        "give_up_at",
        "done_at",
        "last_error",
    ]
    ordering = ["-created_at", "-id"]
    actions = ["try_again_selected"]

    @display(  # type: ignore[untyped-decorator]
        description=_("state"), ordering="state", label={"done": "success", "dead": "danger"}
    )
    def state_word(self, row: Outbox) -> tuple[str, str]:
        return row.state, row.get_state_display()

    @policy("outbox.retry")
    @admin.action(description=_("Try again (rows that were given up)"), permissions=["view"])
    def try_again_selected(self, request: HttpRequest, rows: QuerySet[Outbox]) -> None:
        now = timezone.now()
        dead = list(rows.filter(state=Outbox.State.DEAD))
        woken = try_again(rows.model.objects.filter(pk__in=[row.pk for row in dead]), at=now)
        record_each("outbox.retried", dead, by=person(request), at=now)
        said = ngettext("%(n)s row will be tried again.", "%(n)s rows will be tried again.", woken) % {"n": woken}
        self.message_user(request, said, messages.SUCCESS if woken else messages.WARNING)
