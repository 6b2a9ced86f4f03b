"""The admin's front door: who comes in, where the rest are sent, and what stands in the hall."""

from __future__ import annotations

import logging
from functools import update_wrapper
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.auth.views import redirect_to_login
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db import DataError
from django.db.models import ForeignKey, ManyToManyField
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import redirect, resolve_url
from django.template.response import SimpleTemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from unfold.sites import UnfoldAdminSite

from learning.selectors.teaching import courses_to_manage

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse, HttpResponseBase
    from django.urls import URLPattern

    from learning.models import User

COURSES_IN_THE_HALL = 20


log = logging.getLogger(__name__)
# What a page of the admin, or the database under it, says to a filter or a prefilled field that can't be one.
UNREADABLE = (ValueError, OverflowError, TypeError, AttributeError, DataError)


def _without_a_query_that_breaks(view: Callable[..., Any], request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
    """The page; and where its query, typed by hand, is one that nothing can be found by, the page without it.

    It is rendered here, because a list is asked for as late as that. A page that is broken says so without a query.
    """
    if request.method not in {"GET", "HEAD"} or not request.GET:
        return view(request, *args, **kwargs)
    try:
        answer = view(request, *args, **kwargs)
        return answer.render() if isinstance(answer, SimpleTemplateResponse) else answer
    except UNREADABLE as error:
        log.warning("An unreadable query at %s: %r", request.path, error)
        return HttpResponseRedirect(request.path)


class OwnFieldsAutocomplete(AutocompleteJsonView):
    """Completes forward relations only; asked for the other side of one, Django's fails with a 500."""

    def process_request(self, request: HttpRequest) -> Any:
        found = super().process_request(request)
        if not isinstance(found[2], ForeignKey | ManyToManyField):
            raise PermissionDenied
        return found


class CairnAdminSite(UnfoldAdminSite):
    """Open to staff and to people who teach. `is_staff` alone opens nothing."""

    index_template = "admin/home.html"

    def has_permission(self, request: HttpRequest) -> bool:
        return request.user.is_authenticated and request.user.may_author

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Callable[..., Any]:
        """Whoever is signed in without the right is told so; sending them to sign in again would be a loop."""
        guarded = super().admin_view(view, cacheable)

        def enter(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if self.has_permission(request) or request.path == reverse("admin:logout"):
                return _without_a_query_that_breaks(guarded, request, *args, **kwargs)
            if request.user.is_authenticated:
                raise PermissionDenied
            return redirect_to_login(request.get_full_path(), resolve_url(settings.LOGIN_URL))

        return update_wrapper(enter, view)

    def get_urls(self) -> list[URLPattern]:
        from analytics.admin.base import ROOT, course_urls  # its pages need this site
        from analytics.admin.health import health

        return [
            path(ROOT, self.admin_view(health), name="course_health"),
            *course_urls(self),
            path("r/<path:content_type_id>/<path:object_id>/", self.admin_view(self.view_on_site), name="view_on_site"),
            *super().get_urls(),
        ]

    @method_decorator(never_cache)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The site has one sign-in page, so its limits hold here too."""
        wanted = request.GET.get("next", "")
        if not url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
            wanted = reverse("admin:index")
        if self.has_permission(request):
            return HttpResponseRedirect(wanted)
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(wanted, resolve_url(settings.LOGIN_URL))

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return redirect("account_change_password")

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        return cast("Any", OwnFieldsAutocomplete).as_view(admin_site=self)(request)

    def view_on_site(self, request: HttpRequest, content_type_id: str, object_id: str) -> HttpResponse:
        """To the public page of an object that this person sees here; any other does not exist."""
        try:
            model = ContentType.objects.get(pk=content_type_id).model_class()
            found: Any = self._registry[cast("Any", model)].get_queryset(request).get(pk=object_id)
        except (ValueError, KeyError, ObjectDoesNotExist) as error:
            raise Http404 from error
        if not hasattr(found, "get_absolute_url"):
            raise Http404
        return redirect(found.get_absolute_url())

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The hall: own courses first, and the one thing to begin."""
        courses = list(courses_to_manage(request.user)[: COURSES_IN_THE_HALL + 1])
        shown = courses[:COURSES_IN_THE_HALL]
        context = {
            "title": _("Courses") if cast("User", request.user).is_staff_member else _("Your courses"),
            "courses": shown,
            "more_courses": len(courses) > len(shown),
            **(extra_context or {}),
        }
        return super().index(request, context)


NAVIGATION: list[tuple[Any, list[tuple[str, str, Any]]]] = [
    (
        _("Teaching"),
        [
            ("learning.Course", "menu_book", _("Courses")),
            ("learning.Module", "view_agenda", _("Modules")),
            ("learning.Lesson", "article", _("Lessons")),
            ("learning.Question", "quiz", _("Questions")),
            ("gamification.CourseSwitches", "toggle_on", _("Gamification")),
            ("notifications.Announcement", "campaign", _("Announcements")),
        ],
    ),
    (
        _("Learners"),
        [
            ("learning.Enrollment", "group", _("Enrolments")),
            ("learning.LessonProgress", "moving", _("Lesson progress")),
            ("learning.PracticeAttempt", "fact_check", _("Practice attempts")),
            ("learning.Certificate", "workspace_premium", _("Certificates")),
            ("chat.Conversation", "forum", _("Shared conversations")),
        ],
    ),
    (
        _("Site"),
        [
            ("learning.User", "person", _("People")),
            ("account.EmailAddress", "alternate_email", _("Addresses")),
            ("learning.Category", "shelves", _("Categories")),
            ("notifications.Device", "devices", _("Devices")),
            ("notifications.Phone", "sms", _("Phone numbers")),
            ("learning.Outbox", "outbox", _("Outbox")),
            ("notifications.Delivery", "send", _("Messages on their way")),
            ("notifications.Template", "edit_note", _("Message templates")),
            ("notifications.DeadAddress", "unsubscribe", _("Addresses that do not work")),
            ("learning.AuditEntry", "policy", _("Audit log")),
        ],
    ),
    (
        _("Motivation"),
        [
            ("gamification.Badge", "military_tech", _("Badges")),
            ("gamification.EarnedBadge", "award_star", _("Earned badges")),
            ("gamification.XPRule", "rule", _("XP rules")),
            ("gamification.XPEntry", "receipt_long", _("XP ledger")),
            ("gamification.Profile", "leaderboard", _("Learners' totals")),
            ("gamification.ActiveDay", "calendar_month", _("Active days")),
            ("gamification.ChallengeTemplate", "bolt", _("Challenges")),
            ("gamification.Challenge", "task_alt", _("Challenges given")),
            ("gamification.Milestone", "flag", _("Milestones")),
            ("gamification.Amnesty", "healing", _("Amnesties")),
        ],
    ),
    (
        _("Operation"),
        [
            ("auth.Group", "groups", _("Groups")),
            ("knox.AuthToken", "key", _("API tokens")),
            ("django_celery_beat.PeriodicTask", "schedule", _("Scheduled jobs")),
            ("django_celery_beat.IntervalSchedule", "timer", _("Intervals")),
            ("django_celery_beat.CrontabSchedule", "event_repeat", _("Crontabs")),
        ],
    ),
]


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The sidebar of this person: each page that is open to them, none other."""
    pages = {model._meta.label: page for model, page in admin.site._registry.items()}
    home = {"title": _("Home"), "icon": "home", "link": reverse("admin:index")}
    analytics = {"title": _("Course analytics"), "icon": "monitoring", "link": reverse("admin:course_health")}
    groups: list[dict[str, Any]] = [{"items": [home, analytics]}]
    for title, entries in NAVIGATION:
        items = [
            {"title": name, "icon": icon, "link": reverse(_list_of(label))}
            for label, icon, name in entries
            if label in pages and pages[label].has_module_permission(request)
        ]
        if items:
            groups.append({"title": title, "separator": True, "items": items})
    return groups


def _list_of(label: str) -> str:
    return f"admin:{label.lower().replace('.', '_')}_changelist"


def account_links(request: HttpRequest) -> list[dict[str, Any]]:
    return [{"title": _("Change password"), "link": reverse("account_change_password")}]
