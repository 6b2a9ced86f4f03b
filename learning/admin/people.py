"""Accounts, for staff."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from learning.admin.base import StaffAdmin
from learning.models import User
from learning.services.people import change_time_zone

if TYPE_CHECKING:
    from django.http import HttpRequest


@admin.register(User)
class UserAdmin(StaffAdmin):
    """People sign up and delete themselves; here they are found and helped. Rights are given by superusers only."""

    can_add = False
    can_delete = False
    list_display = ["email", "display_name", "role", "time_zone", "is_active", "date_joined"]
    list_filter = ["is_active", "is_staff", "groups"]
    search_fields = ["email", "display_name"]
    filter_horizontal = ["groups"]
    audited = ("is_active", "is_staff", "is_superuser", "groups")
    ordering = ["email"]
    _person = (None, {"fields": ["email", "display_name", "time_zone", "language", "is_active"]})
    _rights = (_("Rights"), {"fields": ["is_staff", "is_superuser", "groups"]})

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        return [self._person, self._rights] if request.user.is_superuser else [self._person]

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        """Nobody changes an address here (that needs its owner), or takes their own rights away by accident."""
        own = ["is_active", "is_superuser", "is_staff"] if obj and obj.pk == request.user.pk else []
        return ["email", *own]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Superusers are changed by superusers."""
        if isinstance(obj, User) and obj.is_superuser and not request.user.is_superuser:
            return False
        return super().has_change_permission(request, obj)

    @admin.display(description=_("role"))
    def role(self, account: User) -> str:
        if account.is_superuser:
            return str(_("Superuser"))
        groups = {group.name for group in account.groups.all()}
        return ", ".join(sorted(groups)) or str(_("Learner"))

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("groups")

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """A zone is changed by the rule that keeps past days as they were."""
        if "time_zone" not in form.changed_data:
            super().save_model(request, obj, form, change)
            return
        wanted, obj.time_zone = obj.time_zone, form.initial["time_zone"]
        super().save_model(request, obj, form, change)
        change_time_zone(obj, wanted, at=timezone.now())
