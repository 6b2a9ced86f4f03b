"""What a learner decides about goals, days and boards."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from gamification.models.pauses import MOST_REST_DAYS
from gamification.models.switches import PIECES
from gamification.selectors.settings import Chosen

WORDS = {
    "streaks": _("Streaks"),
    "challenges": _("Daily challenges"),
    "badges": _("Badges"),
    "xp": _("XP and levels"),
    "boards": _("Leaderboards"),
    "toasts": _("Celebrations on the page"),
}


class MotivationForm(forms.Form):
    """Goals, rest days, switches, and the name on boards."""

    daily_goal = forms.IntegerField(label=_("Sessions a day"), min_value=1, max_value=500)
    weekly_goal = forms.IntegerField(label=_("Sessions a week"), min_value=1, max_value=500)
    rest_days = forms.TypedMultipleChoiceField(
        label=_("Weekly rest days"),
        help_text=_("At most two. They neither break nor lengthen a streak; a change counts from tomorrow on."),
        coerce=int,
        choices=list(WEEKDAYS.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    alias = forms.CharField(
        label=_("Your name on leaderboards"),
        help_text=_("Nobody sees your real name there. Without one you are on no board."),
        max_length=24,
        required=False,
    )
    shown = forms.MultipleChoiceField(
        label=_("What you want to see"),
        help_text=_("What is off is not shown and not told. It is still counted, and is there when you turn it on."),
        choices=list(WORDS.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    @classmethod
    def of(cls, chosen: Chosen, data: Any = None) -> MotivationForm:
        return cls(
            data,
            initial={
                "daily_goal": chosen.daily_goal,
                "weekly_goal": chosen.weekly_goal,
                "rest_days": sorted(chosen.rest_days),
                "alias": chosen.alias or "",
                "shown": [piece for piece in PIECES if getattr(chosen.shown, piece)],
            },
        )

    def clean_rest_days(self) -> list[int]:
        days = self.cleaned_data["rest_days"]
        if len(days) > MOST_REST_DAYS:
            raise forms.ValidationError(_("At most two days a week can be rest days."), code="too_many")
        return days

    @property
    def switches(self) -> dict[str, bool]:
        return {piece: piece in self.cleaned_data["shown"] for piece in PIECES}


class VacationForm(forms.Form):
    first_day = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    last_day = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}))
