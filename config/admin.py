"""Pages of libraries, behind our guards: they register themselves for everybody with a model permission."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.models import EmailAddress
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.models import Group
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_celery_beat import admin as beat
from django_celery_beat import models as schedule
from knox.models import AuthToken

from learning.admin.base import ReadOnly, StaffAdmin, SuperuserAdmin
from learning.jobs import run_now

if TYPE_CHECKING:
    from django.http import HttpRequest

for _model in (
    Group,
    EmailAddress,
    AuthToken,
    schedule.PeriodicTask,
    schedule.IntervalSchedule,
    schedule.CrontabSchedule,
    schedule.SolarSchedule,
    schedule.ClockedSchedule,
):
    if admin.site.is_registered(_model):
        admin.site.unregister(_model)


@admin.register(Group)
class GroupAdmin(SuperuserAdmin, DjangoGroupAdmin):
    """Staff and Instructors are the two that Cairn knows; neither needs a permission of Django's."""


@admin.register(EmailAddress)
class EmailAddressAdmin(ReadOnly, StaffAdmin):
    """To see whether somebody's address is verified. Changing it is its owner's."""

    list_display = ["email", "user", "primary", "verified"]
    list_filter = ["primary", "verified"]
    search_fields = ["email"]
    ordering = ["email"]


@admin.register(AuthToken)
class AuthTokenAdmin(SuperuserAdmin):
    """Who has a token, and since when; it can be taken away, and is never shown."""

    can_add = False
    can_change = False
    list_display = ["user", "created", "expiry"]
    fields = ["user", "created", "expiry"]
    search_fields = ["user__email"]
    ordering = ["-created"]


@admin.register(schedule.PeriodicTask)
class PeriodicTaskAdmin(SuperuserAdmin, beat.PeriodicTaskAdmin):
    """The schedule; changes are seen by the running beat within seconds.

    The library's own page would put a crontab into words by a script in place, which the content policy refuses.
    """

    change_form_template = None  # type: ignore[assignment]
    readonly_fields = ["last_run_at"]  # type: ignore[assignment]

    @admin.action(description=gettext_lazy("Run the chosen jobs now"))
    def run_tasks(self, request: HttpRequest, queryset: Any) -> None:
        """Through the outbox, as the clock does it: no request talks to a broker, and there may be none."""
        now = timezone.now()
        asked = [task.name for task in queryset if run_now(task.task, at=now)]
        others = [task.name for task in queryset if task.name not in asked]
        if asked:
            self.message_user(request, _("Asked for: %(jobs)s.") % {"jobs": ", ".join(asked)})
        if others:
            said = _("These run by the clock alone: %(jobs)s.") % {"jobs": ", ".join(others)}
            self.message_user(request, said, messages.WARNING)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        sections = super().get_fieldsets(request, obj)
        return [
            (title, {**has, "fields": [name for name in has["fields"] if name != "crontab_translation"]})
            for title, has in sections
        ]


@admin.register(schedule.IntervalSchedule)
class IntervalScheduleAdmin(SuperuserAdmin):
    pass


@admin.register(schedule.CrontabSchedule)
class CrontabScheduleAdmin(SuperuserAdmin, beat.CrontabScheduleAdmin):
    inlines = []
