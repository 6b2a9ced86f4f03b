"""Announcements: written, looked at with the people whom they reach, then sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import display
from unfold.widgets import UnfoldAdminEmailInputWidget, UnfoldAdminSplitDateTimeWidget

from learning.admin.base import OwnCoursesAdmin, OwnRelatedFilter, ReadOnly, person
from learning.exceptions import Refused
from learning.models import User
from learning.policies import policy
from notifications.models import Announcement
from notifications.selectors.announcements import audience
from notifications.services.announcements import To, announce, cancel, draft

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

NAMED = 5


class AnnouncementForm(forms.ModelForm):
    """It is valid once its writer has seen whom it reaches, and while it still reaches as many.

    A person is named by their exact address: nobody can leaf through accounts.
    """

    to_address = forms.EmailField(
        label=_("One person"),
        required=False,
        widget=UnfoldAdminEmailInputWidget(attrs={"autocomplete": "off"}),
        help_text=_("The address that they sign in with. Leave it empty to write to a course or to many people."),
    )
    when = forms.SplitDateTimeField(
        label=_("When"),
        required=False,
        widget=UnfoldAdminSplitDateTimeWidget,
        help_text=_("On your own clock. Empty: now."),
    )
    sender: User  # who writes; the page says it

    class Meta:
        model = Announcement
        fields = ["course", "segment", "days", "title", "message"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.errors:
            return data
        try:
            self.instance = self._draft(data)
        except Refused as refused:
            self.add_error(None, refused.detail)
            return data
        data.update(segment=self.instance.segment, days=self.instance.days, course=self.instance.course)
        return data

    def is_valid(self) -> bool:
        shown = self.data.get("previewed") == self.fingerprint if super().is_valid() else False
        return shown and "_look" not in self.data

    @property
    def has_audience(self) -> bool:
        return self.is_bound and not self.errors

    @cached_property
    def people(self) -> int:
        return audience(self.instance).count()

    @cached_property
    def some(self) -> list[str]:
        return [one.name for one in audience(self.instance)[:NAMED]]

    @property
    def fingerprint(self) -> str:
        """Of whom it reaches: who is asked to send it has been shown just these."""
        to = self.instance
        said = f"{to.person_id}:{to.course_id}:{to.segment}:{to.days}:{self.people}"
        return salted_hmac("notifications.announcements", said, algorithm="sha256").hexdigest()

    def _draft(self, data: dict[str, Any]) -> Announcement:
        to = self._person(data) if data.get("to_address") else self._segment(data)
        now = timezone.now()
        return draft(
            sender=self.sender, to=to, title=data["title"], message=data["message"], send_at=data["when"], at=now
        )

    def _person(self, data: dict[str, Any]) -> To:
        if data.get("course") or data.get("segment"):
            raise Refused(str(_("Either one person, or a course and who of it.")))
        email = User.objects.normalize_email(data["to_address"])
        found = User.objects.filter(email=email, is_active=True).first()
        if found is None:
            raise Refused(str(_("Nobody whom you may write to signs in with this address.")))
        return To(person=found)

    def _segment(self, data: dict[str, Any]) -> To:
        segment = data.get("segment") or (Announcement.Segment.EVERYONE if data.get("course") else "")
        if not segment:
            raise Refused(str(_("Say whom it is for: a person, a course, or who of all people.")))
        if segment == Announcement.Segment.INACTIVE and not data.get("days"):
            raise Refused(str(_("For how many days have they been away?")))
        return To(course=data.get("course"), segment=segment, days=data.get("days"))


@admin.register(Announcement)
class AnnouncementAdmin(ReadOnly, OwnCoursesAdmin):
    """What was told to whom, and telling something new. What was sent is not changed."""

    can_add = True
    course_path = "course"
    form = AnnouncementForm
    short_texts = ("message",)
    list_display = ["title", "audience", "state_word", "reach_word", "send_at", "sender_name"]
    list_filter = ["state", ("course", OwnRelatedFilter)]
    list_select_related = ["course", "person", "sender"]
    search_fields = ["title"]
    ordering = ["-created_at", "-id"]
    actions = ["cancel_selected"]
    change_form_before_template = "admin/notifications/announcement/audience.html"
    _written = ["title", "message", "audience", "state_word", "reach_word", "send_at", "created_at", "finished_at"]

    def get_fields(self, request: HttpRequest, obj: Announcement | None = None) -> Any:
        return self._written if obj else ["to_address", "course", "segment", "days", "title", "message", "when"]

    def get_readonly_fields(self, request: HttpRequest, obj: Announcement | None = None) -> Any:
        return self._written if obj else []

    def get_form(self, request: HttpRequest, obj: Announcement | None = None, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, **kwargs)
        form.sender = person(request)
        return form

    def save_model(self, request: HttpRequest, obj: Announcement, form: Any, change: bool) -> None:
        announce(obj, at=timezone.now())

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> Any:
        try:
            return super().add_view(request, form_url, extra_context)
        except Refused as refused:  # the day's last one was sent meanwhile
            self.message_user(request, refused.detail, messages.ERROR)
            return redirect("admin:notifications_announcement_changelist")

    def response_add(self, request: HttpRequest, obj: Announcement, post_url_continue: Any = None) -> HttpResponse:
        said = ngettext("%(n)s person is told.", "%(n)s people are told.", obj.expected) % {"n": obj.expected}
        if obj.send_at > timezone.now():
            said = str(_("It waits for its time, and can be cancelled until then."))
        self.message_user(request, said, messages.SUCCESS)
        return redirect("admin:notifications_announcement_changelist")

    @admin.display(description=_("to"))
    def audience(self, announcement: Announcement) -> str:
        if announcement.person:
            return announcement.person.name
        who = announcement.get_segment_display()
        if announcement.days:
            days = announcement.days
            who = ngettext("Away for %(n)s day", "Away for %(n)s days", days) % {"n": days}
        return f"{announcement.course.title}: {who}" if announcement.course else str(who)

    @display(  # type: ignore[untyped-decorator]
        description=_("state"),
        ordering="state",
        label={"sent": "success", "cancelled": "danger", "sending": "info", "scheduled": "warning"},
    )
    def state_word(self, announcement: Announcement) -> tuple[str, str]:
        state = Announcement.State(announcement.state)
        if state == state.SCHEDULED and announcement.send_at <= timezone.now():  # a worker is about to take it
            state = state.SENDING
        return state.value, str(state.label)

    @admin.display(description=_("people told"))
    def reach_word(self, announcement: Announcement) -> str:
        return f"{announcement.told} / {announcement.expected}"

    @admin.display(description=_("by"))
    def sender_name(self, announcement: Announcement) -> str:
        return announcement.sender.name if announcement.sender else "–"

    @policy("announcement.send")
    @admin.action(description=_("Cancel (what is not through yet)"), permissions=["view"])
    def cancel_selected(self, request: HttpRequest, rows: QuerySet[Announcement]) -> None:
        now = timezone.now()
        stopped = sum(cancel(one, by=person(request), at=now) for one in rows)
        said = ngettext("%(n)s announcement is cancelled.", "%(n)s announcements are cancelled.", stopped)
        self.message_user(request, said % {"n": stopped}, messages.SUCCESS if stopped else messages.WARNING)
