"""Learners of a course: the list, one learner's page, and what is done for them there."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.admin.base import course_page, page
from analytics.kinds.risk import Act, Reason
from analytics.kinds.students import Show, Sort
from analytics.models import RiskFlag, StudentNote
from analytics.selectors.keyset import BadCursor
from analytics.selectors.places import Place
from analytics.selectors.student import student_state
from analytics.selectors.students import PAGE, Wanted, student_of, students
from analytics.services import care
from learning.exceptions import Refused
from learning.models import Enrollment
from learning.selectors.names import name_for_teachers

ACT = ("course.act",)
A_WEEK = dt.timedelta(days=7)


def found(place: Place, student: int) -> Enrollment:
    enrollment = student_of(place, student)
    if enrollment is None:
        raise Http404
    return enrollment


@course_page("students", at="students/", tab=gettext_lazy("Learners"), order=30)
def student_list(request: HttpRequest, place: Place) -> HttpResponse:
    """Searched, filtered, sorted; the next page by key."""
    asked = request.GET
    wanted = Wanted(
        sort=Sort(asked["sort"]) if asked.get("sort") in Sort.values else Sort.RECENT,
        show=Show(asked["filter"]) if asked.get("filter") in Show.values else Show.ALL,
        search=asked.get("search", "").replace("\x00", "")[:80],
        after=asked.get("after", ""),
    )
    try:
        shown = students(place, wanted)
    except BadCursor:
        return redirect(f"{request.path}?{_query(wanted)}")
    context = {
        "wanted": wanted,
        "students": shown,
        "rest": max(0, shown.count - PAGE),
        "shows": [(one, _query(wanted, filter=one.value)) for one in Show if not one.is_stage or one is wanted.show],
        "sorts": [(one, _query(wanted, sort=one.value)) for one in Sort],
        "first": _query(wanted),
        "following": _query(wanted, after=shown.next) if shown.next else "",
    }
    return page(request, place, "admin/course/students.html", context, name="students")


def _query(wanted: Wanted, **other: str) -> str:
    said = {"sort": wanted.sort.value, "filter": wanted.show.value, "search": wanted.search, **other}
    return urlencode({name: value for name, value in said.items() if value})


@course_page("student", at="students/<id:student>/", under="students")
def student_page(request: HttpRequest, place: Place, student: int) -> HttpResponse:
    """Everything about one learner of the course. Each opening is written down, and shown to them."""
    enrollment = found(place, student)
    if request.method == "GET":
        care.remember_reading(enrollment=enrollment, reader=place.viewer, at=place.at)
    return _page(request, place, enrollment, NoteForm())


def _page(request: HttpRequest, place: Place, enrollment: Enrollment, form: forms.Form) -> HttpResponse:
    state = student_state(place, enrollment)
    context = {
        "state": state,
        "note_form": form,
        "snooze_until": place.today + A_WEEK,
        "tomorrow": place.today + dt.timedelta(days=1),
        "zone": enrollment.learner.zone_at(place.at).replace("_", " "),
    }
    return page(request, place, "admin/course/student.html", context, name="student", title=state.name)


class LetterForm(forms.Form):
    """What is sent to a learner."""

    text = forms.CharField(
        label=gettext_lazy("Your words"), max_length=500, widget=forms.Textarea(attrs={"rows": 6, "maxlength": 500})
    )


class NoteForm(forms.Form):
    """What is written down."""

    note = forms.CharField(
        label=gettext_lazy("Note"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3, "maxlength": 4000})
    )
    action_item = forms.BooleanField(label=gettext_lazy("Something to do"), required=False)


class UntilForm(forms.Form):
    until = forms.DateField()


@course_page("student_write", at="students/<id:student>/write/", under="students")
def write(request: HttpRequest, place: Place, student: int) -> HttpResponse:
    """A letter to begin from: `kind`, and the flag that it is about."""
    enrollment = found(place, student)
    kind, flag = _kind(request.GET.get("kind")), _flag(place, enrollment, request.GET.get("flag"))
    reason = Reason(flag.reason) if flag else None
    draft = care.draft(enrollment=enrollment, kind=kind, reason=reason, by=place.viewer)
    return _letter(request, place, enrollment, kind, flag, LetterForm(initial={"text": draft.text}))


@course_page("student_send", at="students/<id:student>/send/", under="students", policies=ACT, methods=("POST",))
def send(request: HttpRequest, place: Place, student: int) -> HttpResponse:
    """Look at it once more, or send it."""
    enrollment = found(place, student)
    kind, flag = _kind(request.POST.get("kind")), _flag(place, enrollment, request.POST.get("flag"))
    form = LetterForm(request.POST)
    if not form.is_valid() or request.POST.get("act") == "preview":
        return _letter(request, place, enrollment, kind, flag, form)
    text = form.cleaned_data["text"]
    _act, is_new = care.write_to(enrollment=enrollment, kind=kind, text=text, by=place.viewer, at=place.at, flag=flag)
    if is_new:
        messages.success(request, _("Sent. You will see here what comes of it."))
    else:
        messages.info(request, _("Something like this was sent today already; the first message stays."))
    return _back(place, student)


def _letter(
    request: HttpRequest, place: Place, enrollment: Enrollment, kind: Act, flag: RiskFlag | None, form: LetterForm
) -> HttpResponse:
    draft = care.draft(enrollment=enrollment, kind=kind, reason=None, by=place.viewer)
    name = name_for_teachers(enrollment.learner, place.course)
    said = _("Offer help to %(name)s") if kind is Act.OFFER_HELP else _("Encourage %(name)s")
    headline = said % {"name": name}
    context = {
        "form": form,
        "kind": kind,
        "flag": flag,
        "name": name,
        "student": enrollment.learner_id,
        "heading": draft.title,
        "text": form["text"].value() or "",
        "headline": headline,
    }
    return page(request, place, "admin/course/letter.html", context, name="student_write", title=headline)


def _kind(said: Any) -> Act:
    return Act.OFFER_HELP if said == Act.OFFER_HELP else Act.ENCOURAGE


def _flag(place: Place, enrollment: Enrollment, said: Any) -> RiskFlag | None:
    """The learner's flag of this id that those who teach have seen; None for any other word."""
    text = str(said or "")
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        return None
    flags = RiskFlag.objects.filter(course=place.course, learner=enrollment.learner_id, shown_from__lte=place.today)
    return flags.filter(pk=int(text)).first()


@course_page("student_act", at="students/<id:student>/act/", under="students", policies=ACT, methods=("POST",))
def act(request: HttpRequest, place: Place, student: int) -> HttpResponse:
    """A note, an action item that is done, a flag put off or dismissed."""
    enrollment = found(place, student)
    done = {"note": _note, "done": _done, "snooze": _snooze, "dismiss": _dismiss}.get(request.POST.get("act", ""))
    if done is None:
        raise Http404
    try:
        answer = done(request, place, enrollment)
    except Refused as refused:
        messages.error(request, _(refused.detail))
        answer = None
    return answer or _back(place, student, request.POST.get("back", ""))


def _note(request: HttpRequest, place: Place, enrollment: Enrollment) -> HttpResponse | None:
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _page(request, place, enrollment, form)
    said = form.cleaned_data
    care.note(
        enrollment=enrollment, text=said["note"], is_action_item=said["action_item"], by=place.viewer, at=place.at
    )
    messages.success(request, _("Noted."))
    return None


def _done(request: HttpRequest, place: Place, enrollment: Enrollment) -> None:
    said = request.POST.get("note_id", "")
    notes = StudentNote.objects.filter(course=place.course, learner=enrollment.learner_id, is_action_item=True)
    item = notes.filter(pk=int(said)).first() if said.isascii() and said.isdecimal() and len(said) < 19 else None
    if item is None:
        raise Http404
    care.finish(item, at=place.at)


def _snooze(request: HttpRequest, place: Place, enrollment: Enrollment) -> None:
    flag, form = _flag(place, enrollment, request.POST.get("flag")), UntilForm(request.POST)
    if flag is None:
        raise Http404
    until = form.cleaned_data["until"] if form.is_valid() else place.today
    care.snooze(flag=flag, enrollment=enrollment, until=until, by=place.viewer, at=place.at)
    messages.success(request, _("Put off."))


def _dismiss(request: HttpRequest, place: Place, enrollment: Enrollment) -> None:
    flag = _flag(place, enrollment, request.POST.get("flag"))
    if flag is None:
        raise Http404
    reason = request.POST.get("reason", "").replace("\x00", "")[:500]
    care.dismiss(flag=flag, enrollment=enrollment, reason=reason, by=place.viewer, at=place.at)
    messages.success(request, _("Kept in mind: this is not a problem."))


def _back(place: Place, student: int, where: str = "") -> HttpResponse:
    if where == "help":
        return redirect(reverse("admin:course_help", args=[place.course.pk]))
    return redirect(reverse("admin:course_student", args=[place.course.pk, student]))
