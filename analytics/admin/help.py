"""Who needs help in a course, what came of helping, and from when on the course asks."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.core.validators import MaxValueValidator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.admin.base import course_page, page
from analytics.models import RiskThresholds
from analytics.selectors.keyset import BadCursor
from analytics.selectors.outcomes import sums
from analytics.selectors.places import Place
from analytics.selectors.risk import need_help
from analytics.services.asking import NAMES, change
from analytics.services.risk import thresholds_of

# Each with what can be done about it: more than this nobody does in one go.
A_PAGE = 20


@course_page("help", at="help/", tab=gettext_lazy("Needs help"), order=15)
def help_page(request: HttpRequest, place: Place) -> HttpResponse:
    """The furthest behind first, each with the reasons; and what acts of the last year came to."""
    try:
        found = need_help(place, after=request.GET.get("after", ""), size=A_PAGE)
    except BadCursor:
        return redirect(request.path)
    context = {
        "found": found,
        "sums": [one for one in sums(place) if one.count],
        "thresholds": thresholds_of(place.course),
        "is_first": not request.GET.get("after"),
        "snooze_until": place.today + dt.timedelta(days=7),
        "tomorrow": place.today + dt.timedelta(days=1),
    }
    return page(request, place, "admin/course/help.html", context, name="help")


class AskingForm(forms.ModelForm):
    """Thresholds, and whether names are shown."""

    learners_by_alias = forms.BooleanField(
        label=gettext_lazy("Show aliases instead of learners’ names"),
        required=False,
        help_text=gettext_lazy("On these pages, in the lists of enrolments and certificates, and over the API."),
    )

    class Meta:
        model = RiskThresholds
        fields = NAMES

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("failed_attempts", "topic_questions"):
            self.fields[name].validators.append(MaxValueValidator(100))


@course_page("asking", at="help/settings/", under="help")
def asking(request: HttpRequest, place: Place) -> HttpResponse:
    """From when on the course asks."""
    initial = {"learners_by_alias": place.course.learners_by_alias}
    return _settings(request, place, AskingForm(instance=thresholds_of(place.course), initial=initial))


@course_page("ask", at="help/settings/save/", under="help", policies=("course.act",), methods=("POST",))
def ask(request: HttpRequest, place: Place) -> HttpResponse:
    form = AskingForm(request.POST, instance=thresholds_of(place.course))
    if not form.is_valid():
        return _settings(request, place, form)
    change(place.course, form.cleaned_data, by=place.viewer, at=place.at)
    messages.success(request, _("Kept. It counts from the next night on."))
    return redirect(reverse("admin:course_help", args=[place.course.pk]))


def _settings(request: HttpRequest, place: Place, form: AskingForm) -> HttpResponse:
    days = [form[name] for name in ("inactive_days", "stuck_days", "grace_days", "head_start")]
    others = [form[name] for name in ("failed_attempts", "topic_questions", "rushing_percent")]
    context = {"form": form, "fields": [*days[:2], *others, *days[2:]], "alias": form["learners_by_alias"]}
    return page(request, place, "admin/course/asking.html", context, name="asking", title=_("When we ask"))
