"""Badges and rules for staff to edit; the ledger and what follows from it to read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gamification.kinds import Rule
from gamification.models import (
    ActiveDay,
    Amnesty,
    Badge,
    Challenge,
    ChallengeTemplate,
    CourseSwitches,
    EarnedBadge,
    Milestone,
    Profile,
    XPEntry,
    XPRule,
)
from gamification.models.switches import PIECES
from gamification.selectors.profile import streaks_now
from gamification.services.pauses import grant_amnesty
from gamification.services.xp import correct
from learning.admin.base import OwnCoursesAdmin, ReadOnly, StaffAdmin, person

if TYPE_CHECKING:
    from django.http import HttpRequest


@admin.register(Badge)
class BadgeAdmin(StaffAdmin):
    """Changing a rule changes who earns it from now on; what was earned stays."""

    can_delete = False
    audited = ("metric", "threshold", "scope", "is_active")
    list_display = ["title", "key", "metric", "threshold", "scope", "is_active", "is_rare", "position"]
    list_filter = ["metric", "is_active"]
    search_fields = ["title", "key"]
    ordering = ["position", "id"]


@admin.register(XPRule)
class XPRuleAdmin(StaffAdmin):
    """What an act pays from now on; what was paid stays."""

    can_delete = False
    audited = ("amount", "is_active")
    list_display = ["key", "amount", "is_active"]
    search_fields = ["key"]


class OfALearner(ReadOnly, StaffAdmin):
    """A fact about one learner."""

    list_select_related = ["learner"]
    search_fields = ["learner__email", "learner__display_name"]
    search_help_text = _("Find a learner by name or address")

    @admin.display(description=_("learner"), ordering="learner__email")
    def who(self, row: Any) -> str:
        return f"{row.learner.name} ({row.learner.email})"


class CorrectionForm(forms.ModelForm):
    """A counter-entry: to whom, how much more or less, and why."""

    class Meta:
        model = XPEntry
        fields = ["learner", "amount", "reason"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "reason" in self.fields:
            self.fields["reason"].required = True
            self.fields["amount"].help_text = _("With a minus to take XP away.")
        self.instance.rule = self.instance.rule or Rule.CORRECTION

    def clean_amount(self) -> int:
        if not self.cleaned_data["amount"]:
            raise ValidationError(_("A correction of nothing corrects nothing."), code="zero")
        return self.cleaned_data["amount"]


@admin.register(XPEntry)
class XPEntryAdmin(OfALearner):
    """The ledger: nothing in it is ever changed. A mistake is met with a correction that says why."""

    can_add: ClassVar[bool] = True
    form = CorrectionForm
    autocomplete_fields = ["learner"]
    list_display = ["who", "amount", "rule", "source", "created_at", "reason"]
    list_filter = ["rule"]
    ordering = ["-created_at", "-id"]

    def get_fields(self, request: HttpRequest, obj: XPEntry | None = None) -> list[Any]:
        if obj is None:
            return ["learner", "amount", "reason"]
        return ["who", "amount", "rule", "reason", "source", "created_at", "day"]

    def save_model(self, request: HttpRequest, obj: XPEntry, form: Any, change: bool) -> None:
        by = person(request)
        entry = correct(learner=obj.learner, amount=obj.amount, reason=obj.reason, by=by, at=timezone.now())
        for field in XPEntry._meta.concrete_fields:
            setattr(obj, field.attname, getattr(entry, field.attname))


class WithStreaks(ChangeList):
    """A page of profiles with the streaks that their learners see at this moment."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = list(self.result_list)
        now = streaks_now(self.result_list, at=timezone.now())
        for row in self.result_list:
            row.streak_now = now[row.pk]


@admin.register(Profile)
class ProfileAdmin(OfALearner):
    """Cached totals, which `manage.py rebuild_gamification` works out anew; the streak is as the learner sees it."""

    list_display = ["who", "xp", "streak", "longest_streak", "last_active_day"]
    fields = ["who", "xp", "streak", "longest_streak", "last_active_day"]
    ordering = ["-xp", "pk"]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return WithStreaks

    @admin.display(description=_("streak, in days"))
    def streak(self, row: Any) -> int:
        known = vars(row).get("streak_now")
        return streaks_now([row], at=timezone.now())[row.pk] if known is None else known


@admin.register(ActiveDay)
class ActiveDayAdmin(OfALearner):
    list_display = ["who", "day", "time_zone"]
    fields = ["who", "day", "time_zone"]
    ordering = ["-day", "-id"]


@admin.register(EarnedBadge)
class EarnedBadgeAdmin(OfALearner):
    list_display = ["who", "badge", "course", "earned_at"]
    list_filter = ["badge"]
    list_select_related = ["learner", "badge", "course"]
    fields = ["who", "badge", "course", "earned_at"]
    ordering = ["-earned_at", "-id"]


@admin.register(ChallengeTemplate)
class ChallengeTemplateAdmin(StaffAdmin):
    """What can be given from tomorrow on; what was given today stays as it is."""

    can_delete = False
    list_display = ["title", "key", "kind", "target", "score", "xp", "is_active"]
    list_filter = ["kind", "is_active"]
    search_fields = ["title", "key"]


@admin.register(Challenge)
class ChallengeAdmin(OfALearner):
    list_display = ["who", "template", "day", "xp", "claimed_at"]
    list_filter = ["template"]
    list_select_related = ["learner", "template"]
    fields = ["who", "template", "day", "target", "xp", "claimed_at"]
    ordering = ["-day", "-id"]


@admin.register(Milestone)
class MilestoneAdmin(OfALearner):
    list_display = ["who", "key", "scope", "value", "passed_at"]
    fields = ["who", "key", "scope", "value", "passed_at"]
    ordering = ["-passed_at", "-id"]


@admin.register(Amnesty)
class AmnestyAdmin(StaffAdmin):
    """A time during which the platform was down: no day that it reaches into breaks a streak. It stays once granted."""

    can_change = False
    can_delete = False
    list_display = ["reason", "starts_at", "ends_at", "created_at"]
    fields = ["starts_at", "ends_at", "reason"]
    ordering = ["-starts_at"]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field:
            field.required = True
        return field

    def save_model(self, request: HttpRequest, obj: Amnesty, form: Any, change: bool) -> None:
        if obj.starts_at and obj.ends_at:  # the form asks for both
            made = grant_amnesty(starts_at=obj.starts_at, ends_at=obj.ends_at, reason=obj.reason, at=timezone.now())
            obj.pk = made.pk


@admin.register(CourseSwitches)
class CourseSwitchesAdmin(OwnCoursesAdmin):
    """What of all this a course's learners see in it. What is off is counted all the same."""

    course_path = "course"
    list_display = ["course", *PIECES]
    list_select_related = ["course"]
    fields = ["course", *PIECES]
    autocomplete_fields = ["course"]
    ordering = ["course__title"]
