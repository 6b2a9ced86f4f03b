"""Where people are reached, for staff who help them: never the address itself."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from learning.admin.base import ReadOnly, StaffAdmin
from notifications.models import Device, Phone


@admin.register(Device)
class DeviceAdmin(ReadOnly, StaffAdmin):
    """Browsers and apps."""

    list_display = ["name", "platform", "person", "created_at", "last_used_at", "disabled_at"]
    list_filter = ["platform"]
    list_select_related = ["person"]
    search_fields = ["person__email"]
    search_help_text = _("Find devices by their person's address")
    ordering = ["-created_at", "-id"]
    fields = ["person", "platform", "name", "created_at", "last_used_at", "disabled_at"]


@admin.register(Phone)
class PhoneAdmin(ReadOnly, StaffAdmin):
    """Numbers, and what their owners agreed to when."""

    list_display = ["masked", "person", "consent_at", "consent_version", "verified_at", "withdrawn_at"]
    list_select_related = ["person"]
    search_fields = ["person__email"]
    search_help_text = _("Find a number by its person's address")
    ordering = ["-consent_at", "-id"]
    fields = ["masked", "person", "consent_at", "consent_version", "verified_at", "withdrawn_at"]

    @admin.display(description=_("number"))
    def masked(self, phone: Phone) -> str:
        return phone.masked
