"""Words of messages for staff to write; messages on their way to look at, and to send again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import display

from learning.admin.base import ReadOnly, StaffAdmin, person
from learning.policies import policy
from learning.services.audit import record_each
from notifications.kinds import KINDS, DeliveryState, Kind
from notifications.models import DeadAddress, Delivery, Template
from notifications.rendering.words import BadTemplate, unknown_in
from notifications.services.delivering import try_again
from notifications.services.samples import sample_of, send_samples

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest


class TemplateForm(forms.ModelForm):
    """Every variable must be one that the kind has."""

    class Meta:
        model = Template
        fields = ["kind", "channel", "language", "title", "body"]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if "kind" in found:
            known = KINDS[Kind(found["kind"])].variables
            for name in ("title", "body"):
                self._check(name, found.get(name, ""), known)
        return found

    def _check(self, name: str, text: str, known: dict[str, str]) -> None:
        try:
            unknown = unknown_in(text, known)
        except BadTemplate as error:
            self.add_error(name, ValidationError(_("The braces do not fit: %(what)s") % {"what": error}, "braces"))
            return
        if unknown:
            said = {"names": ", ".join(unknown), "known": ", ".join(known)}
            message = _("There is no %(names)s in messages of this kind. There is: %(known)s.") % said
            self.add_error(name, ValidationError(message, "unknown_variable"))


@admin.register(Template)
class TemplateAdmin(StaffAdmin):
    """Words instead of Cairn's own, from the next message on; without a template Cairn's own stand."""

    form = TemplateForm
    audited = ("title", "body")
    list_display = ["kind", "channel", "language", "title"]
    list_filter = ["kind", "channel", "language"]
    search_fields = ["title", "body"]
    fields = ["kind", "channel", "language", "title", "body", "variables", "preview"]
    readonly_fields = ["variables", "preview"]
    short_texts = ("body",)
    actions = ["send_sample"]

    @admin.display(description=_("variables, with examples"))
    def variables(self, template: Template) -> str:
        if not template.kind:
            return str(_("Name, title, text, and what the kind has; shown when it is saved."))
        return ", ".join(f"{{{name}}} ({example})" for name, example in KINDS[Kind(template.kind)].variables.items())

    @admin.display(description=_("as it looks with the examples"))
    def preview(self, template: Template) -> str:
        if not template.pk:
            return str(_("Shown when it is saved. “Send me a sample” in the list sends it to you."))
        sample = sample_of(template)
        return format_html('<strong>{}</strong><pre class="whitespace-pre-wrap">{}</pre>', *sample)

    @policy("template.sample")
    @admin.action(description=_("Send me a sample"), permissions=["view"])
    def send_sample(self, request: HttpRequest, templates: QuerySet[Template]) -> None:
        sent = send_samples(list(templates), to=person(request), at=timezone.now())
        said = ngettext("%(n)s sample is on its way to you.", "%(n)s samples are on their way to you.", sent) % {
            "n": sent
        }
        self.message_user(request, said, messages.SUCCESS if sent else messages.WARNING)


@admin.register(Delivery)
class DeliveryAdmin(ReadOnly, StaffAdmin):
    """What is on its way and what became of it. What a message says is its reader's, and not shown."""

    list_display = ["recipient", "kind", "channel", "state_word", "attempts", "created_at", "sent_at", "error"]
    list_filter = ["state", "channel", "kind"]
    list_select_related = ["recipient"]
    search_fields = ["recipient__email", "recipient__display_name", "key"]
    search_help_text = _("Find a person by name or address")
    fields = [
        "recipient",
        "kind",
        "channel",
        "key",
        "state",
        "attempts",
        "error",
        "created_at",
        "until",
        "sent_at",
        "counted_on",
    ]
    ordering = ["-created_at", "-id"]
    actions = ["try_again_selected"]

    @display(  # type: ignore[untyped-decorator]
        description=_("state"),
        ordering="state",
        label={"sent": "success", "dead": "danger", "deferred": "info", "suppressed": "warning"},
    )
    def state_word(self, row: Delivery) -> tuple[str, str]:
        return row.state, row.get_state_display()

    @policy("outbox.retry")
    @admin.action(description=_("Try again (those that were given up)"), permissions=["view"])
    def try_again_selected(self, request: HttpRequest, rows: QuerySet[Delivery]) -> None:
        now = timezone.now()
        dead = list(rows.filter(state=DeliveryState.DEAD))
        woken = try_again(Delivery.objects.filter(pk__in=[row.pk for row in dead]), at=now)
        record_each("delivery.retried", dead, by=person(request), at=now)
        said = ngettext("%(n)s will be tried again.", "%(n)s will be tried again.", woken) % {"n": woken}
        self.message_user(request, said, messages.SUCCESS if woken else messages.WARNING)


@admin.register(DeadAddress)
class DeadAddressAdmin(StaffAdmin):
    """Addresses that refused our messages for good. Deleting one lets the next message try it again."""

    can_add = False
    can_change = False
    list_display = ["person", "channel", "address", "since", "reason"]
    list_select_related = ["person"]
    list_filter = ["channel"]
    search_fields = ["person__email", "address"]
    ordering = ["-since", "-id"]
