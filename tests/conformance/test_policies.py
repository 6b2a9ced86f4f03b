"""Nothing is reachable without a declared policy, and the API obeys what is declared."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.contrib import admin
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.http import HttpResponse
from django.urls import path
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet
from unfold.admin import ModelAdmin

from config.checks import refuse_undeclared, undeclared
from config.urls import handler404
from config.urls import urlpatterns as real_urls
from learning.admin.base import StaffAdmin
from learning.api.base import ApiView
from learning.models import Module, ZoneChange
from learning.policies import POLICIES, Answer, Role, declared, policy


def forgotten(request):
    return HttpResponse("here I am")


class Half(ApiView):
    """Says who may read, and forgot who may write."""

    policies = {"get": "dashboard.read"}

    def get(self, request):
        return Response({})

    def post(self, request):
        return Response({"done": True})


class Acts(ViewSet):
    policies = {"list": "dashboard.read"}

    def list(self, request):
        return Response({})

    def create(self, request):
        return Response({"done": True})


urlpatterns = [
    *real_urls,
    path("forgotten/", forgotten, name="forgotten"),
    path("api/half/", Half.as_view(), name="half"),
    path("api/acts/", Acts.as_view({"get": "list", "post": "create"}), name="acts"),
]
__all__ = ["handler404"]


def test_everything_there_is_declares_a_policy():
    assert undeclared() == []


@pytest.mark.urls("tests.conformance.test_policies")
def test_an_address_without_a_policy_fails_the_check_and_the_start():
    said = "\n".join(undeclared())
    assert "/forgotten/ (forgotten) declares no policy" in said
    assert "POST /api/half/ (half) declares no policy" in said
    assert "POST /api/acts/ (acts) declares no policy" in said
    assert "GET /api/half/" not in said
    with pytest.raises(SystemCheckError, match=r"cairn\.E001"):
        call_command("check")
    with pytest.raises(ImproperlyConfigured, match="forgotten"):
        refuse_undeclared()


@pytest.mark.urls("tests.conformance.test_policies")
def test_an_endpoint_that_forgot_its_policy_is_closed_to_everybody(alice, admin, anonymous):
    for person in (alice, admin, anonymous):
        assert person.post("/api/half/").status_code in {401, 403}
        assert person.post("/api/acts/").status_code in {401, 403}
    assert alice.get("/api/half/").status_code == alice.get("/api/acts/").status_code == 200
    assert anonymous.get("/api/half/").status_code == anonymous.get("/api/acts/").status_code == 401


def test_an_admin_page_without_a_policy_fails_the_check():
    admin.site.register(ZoneChange, ModelAdmin)
    try:
        assert undeclared() == ["The admin page learning.ModelAdmin declares no policy."]
    finally:
        admin.site.unregister(ZoneChange)


def test_an_admin_action_and_an_inline_without_a_policy_fail_the_check():
    class Rows(admin.TabularInline):
        model = Module

    @admin.register(ZoneChange)
    class Page(StaffAdmin):
        actions = ["forget"]
        actions_row = [{"title": "More", "items": ["erase"]}]
        inlines = [Rows]

        def forget(self, request, queryset): ...

        def erase(self, request, object_id): ...

    try:
        said = "\n".join(undeclared())
    finally:
        admin.site.unregister(ZoneChange)
    assert "action forget of" in said
    assert "action erase of" in said
    assert "Rows" in said


def test_a_policy_that_the_table_does_not_have_is_an_error_where_it_is_declared():
    with pytest.raises(LookupError, match=r"lesson\.raed"):
        policy("lesson.raed")(forgotten)

    @dataclass
    class Typo:
        policies = {"get": "lesson.raed"}

    with pytest.raises(LookupError, match=r"lesson\.raed"):
        declared(Typo, "get")


def test_the_table_answers_for_every_role():
    assert all(set(line.answers) == set(Role) for line in POLICIES.values())
    assert POLICIES["inbox.read"].answers[Role.VISITOR] is Answer.SIGN_IN
    assert not any(line.answers[Role.VISITOR] is Answer.OWN for line in POLICIES.values())
