"""Nobody sees or touches another's courses in the admin: every registered page, every way in.

The walk is over the registry: a page that is added later and does not say to whom it is open fails here.
"""

from __future__ import annotations

import json

import pytest
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.db.models import ForeignKey, ManyToManyField
from django.urls import reverse
from django.utils import timezone

from chat.models import Conversation
from gamification.models import CourseSwitches
from learning.admin.base import GuardedAdmin, OwnCoursesAdmin, OwnInline, ReadOnly, StaffAdmin, SuperuserAdmin
from learning.models import Certificate, Course, Lesson, LessonProgress, Module, PracticeAttempt, Question, SubPage
from learning.services.people import make_instructor
from notifications.models import Announcement
from tests.builders import Person, a_course, a_practice, a_user, enrolled

CANARY = "Zyzzogeton"  # stands in every title and name on the stranger's side
UNKNOWN = 987_654
PAGES = sorted(admin.site._registry, key=lambda m: m._meta.label)
OWN_PAGES = [m for m in PAGES if isinstance(admin.site._registry[m], OwnCoursesAdmin)]
CLOSED_PAGES = [m for m in PAGES if m not in OWN_PAGES]
ONLY_TAUGHT = [Conversation]  # what learners shared with those who teach them, and with no staff
WRITABLE = [m for m in OWN_PAGES if not isinstance(admin.site._registry[m], ReadOnly)]


def label(model):
    return model._meta.label_lower


def url(model, view, *args, query=""):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{view}", args=args) + query


def furnish(course, learner, word):
    """One row of everything that a course can have, each named `word`."""
    module = course.modules.get()
    Module.objects.filter(pk=module.pk).update(title=f"{word} module")
    practice = a_practice(module, title=f"{word} practice", questions=0)
    question = Question.objects.create(lesson=practice, text=f"{word} question")
    question.choices.create(text=f"{word} choice", is_correct=True)
    SubPage.objects.create(lesson=practice, title=f"{word} page", slug="page")
    place = enrolled(learner, course)
    now = timezone.now()
    LessonProgress.objects.create(learner=learner, lesson=practice, last_seen_at=now)
    PracticeAttempt.objects.create(learner=learner, lesson=practice, started_at=now)
    CourseSwitches.objects.create(course=course)
    Conversation.objects.create(course=course, asker=learner, title=f"{word} talk", is_shared=True, last_message_at=now)
    Announcement.objects.create(
        course=course, segment="everyone", title=f"{word} news", message=word, send_at=now, created_at=now
    )
    Certificate.objects.create(
        enrollment=place, learner_name=f"{word} learner", course_title=course.title, issued_at=now
    )


@pytest.fixture
def world(ines, igor):
    """Ines's course and Igor's, furnished alike; Igor's side carries the canary."""
    mine = a_course(ines.user, title="Ownership", lessons=1)
    theirs = a_course(igor.user, title=CANARY, lessons=1)
    furnish(mine, a_user("own-learner@example.org", name="Ownership learner"), "Ownership")
    furnish(theirs, a_user("stranger@example.org", name=f"{CANARY} learner"), CANARY)
    return {"mine": mine, "theirs": theirs}


def rows(model, course):
    page = admin.site._registry[model]
    return model._default_manager.filter(**{page.course_path: course.pk})


def row(model, course):
    return rows(model, course).first()


def same_as_unknown(person, model, view, foreign):
    """The answers to a stranger's id and to an id that does not exist, made comparable."""
    answers = []
    for pk in (foreign.pk, UNKNOWN):
        answer = person.get(url(model, view, pk))
        followed = person.get(answer["Location"]) if answer.status_code == 302 else answer
        assert CANARY not in followed.content.decode()
        answers.append((answer.status_code, answer.headers.get("Location")))
    assert answers[0] == answers[1]
    return answers[0]


@pytest.mark.parametrize("model", PAGES, ids=label)
def test_every_page_says_to_whom_it_is_open(model):
    page = admin.site._registry[model]
    assert isinstance(page, GuardedAdmin), f"{page} asks Django's permissions instead of ours"
    assert isinstance(page, (OwnCoursesAdmin, StaffAdmin, SuperuserAdmin))
    assert all(issubclass(inline, OwnInline) for inline in page.inlines)
    for word in ("view", "change", "delete", "module"):
        answered_by = getattr(type(page), f"has_{word}_permission").__module__
        assert answered_by in {"learning.admin.base", "learning.admin.people"}


@pytest.mark.parametrize("model", OWN_PAGES, ids=label)
def test_the_list_has_own_rows_only(world, ines, igor, staff, model):
    page = ines.get(url(model, "changelist"))
    assert page.status_code == 200
    assert CANARY not in page.content.decode()
    assert set(page.context["cl"].queryset) == set(rows(model, world["mine"])) != set()
    assert set(igor.get(url(model, "changelist")).context["cl"].queryset) == set(rows(model, world["theirs"]))
    if model in ONLY_TAUGHT:
        assert staff.get(url(model, "changelist")).status_code == 403
        return
    everything = staff.get(url(model, "changelist")).context["cl"].queryset
    assert set(everything) == set(rows(model, world["mine"])) | set(rows(model, world["theirs"]))


@pytest.mark.parametrize("model", OWN_PAGES, ids=label)
def test_a_strangers_row_is_like_one_that_does_not_exist(world, ines, staff, model):
    foreign, mine = row(model, world["theirs"]), row(model, world["mine"])
    for view in ("change", "history", "delete"):
        status, where = same_as_unknown(ines, model, view, foreign)
        assert (status, where) == (302, "/admin/") or status in {403, 404}
    for person in (ines,) if model in ONLY_TAUGHT else (ines, staff):
        assert person.get(url(model, "change", mine.pk)).status_code == 200
        assert person.get(url(model, "history", mine.pk)).status_code == 200
    assert staff.get(url(model, "change", foreign.pk)).status_code == (403 if model in ONLY_TAUGHT else 200)


@pytest.mark.parametrize("model", OWN_PAGES, ids=label)
def test_a_hand_made_post_changes_and_deletes_nothing_of_a_stranger(world, ines, model):
    before = {m: list(m._default_manager.order_by("pk").values()) for m in OWN_PAGES}
    foreign = row(model, world["theirs"])
    for view, body in (("change", {"title": "taken", "slug": "taken"}), ("delete", {"post": "yes"})):
        answer = ines.submit(url(model, view, foreign.pk), body)
        assert answer.status_code in {302, 403}
    ids = [r.pk for r in rows(model, world["theirs"])]
    for action in [*admin.site._registry[model].actions, "delete_selected"]:
        name = action if isinstance(action, str) else action.__name__
        body = {"action": name, "_selected_action": ids, "post": "yes", "select_across": "0"}
        answer = ines.submit(url(model, "changelist"), body, follow=True)
        assert CANARY not in answer.content.decode()
    assert before == {m: list(m._default_manager.order_by("pk").values()) for m in OWN_PAGES}


@pytest.mark.parametrize("model", OWN_PAGES, ids=label)
def test_filters_search_and_popups_name_nothing_of_a_stranger(world, ines, model):
    theirs = world["theirs"]
    course_path = admin.site._registry[model].course_path
    queries = [
        f"?{course_path}__exact={theirs.pk}",
        f"?{course_path}__id__exact={theirs.pk}",
        f"?{course_path}__in={theirs.pk}",
        f"?{course_path}__title__startswith=Z",
        "?instructors__email__startswith=i",
        "?learner__email__startswith=s",
        "?learner__password__startswith=m",
        f"?q={CANARY[:5]}",
        "?_popup=1",
        "?_to_field=id&_popup=1",
        "?_to_field=title&_popup=1",
        "?_facets=True",
    ]
    for query in queries:
        answer = ines.get(url(model, "changelist", query=query), follow=True)
        # What somebody typed into the search box stands in it again; that is theirs, not Igor's.
        assert CANARY not in answer.content.decode(), query
        if answer.status_code == 200 and (found := answer.context.get("cl")):
            assert not set(found.queryset) & set(rows(model, theirs)), query


@pytest.mark.parametrize("model", OWN_PAGES, ids=label)
def test_no_form_offers_anything_of_a_stranger(world, ines, model):
    pages = [url(model, "change", row(model, world["mine"]).pk)]
    if model in WRITABLE:
        foreign = {"course": world["theirs"], "module": world["theirs"].modules.first()}
        pages += [url(model, "add"), url(model, "add", query="?_popup=1&_to_field=id")]
        pages += [url(model, "add", query=f"?{name}={thing.pk}") for name, thing in foreign.items()]
    for page in pages:
        answer = ines.get(page)
        assert answer.status_code == 200
        assert CANARY not in answer.content.decode()


def relations():
    for model in PAGES:
        for field in model._meta.get_fields():
            if isinstance(field, (ForeignKey, ManyToManyField)) or field.auto_created:
                yield pytest.param(model, field.name, id=f"{label(model)}.{field.name}")


@pytest.mark.parametrize(("model", "field"), list(relations()))
def test_autocomplete_completes_own_rows_only(world, ines, model, field):
    query = {"app_label": model._meta.app_label, "model_name": model._meta.model_name, "field_name": field}
    for term in ("", CANARY[:4], "example.org"):
        answer = ines.get("/admin/autocomplete/", {**query, "term": term})
        assert answer.status_code in {200, 403, 404}
        body = answer.content.decode()
        assert CANARY not in body
        assert "stranger" not in body
        if answer.status_code == 200:
            shown = {int(r["id"]) for r in json.loads(body)["results"]}
            target = model._meta.get_field(field).related_model
            foreign = set(rows(target, world["theirs"]).values_list("pk", flat=True))
            assert not shown & foreign


@pytest.mark.parametrize("model", CLOSED_PAGES, ids=label)
def test_instructors_do_not_enter_the_pages_of_staff(world, ines, model):
    for view in ("changelist", "add"):
        assert ines.get(url(model, view)).status_code == 403
        assert ines.submit(url(model, view), {"action": "delete_selected", "_selected_action": "1"}).status_code == 403
    some = model._default_manager.first()
    for pk in filter(None, [some and some.pk, UNKNOWN]):
        for view in ("change", "delete", "history"):
            answer = ines.get(url(model, view, pk))
            assert answer.status_code in {302, 403, 404}
            if answer.status_code == 302:
                assert answer["Location"] == "/admin/"


@pytest.mark.parametrize("model", CLOSED_PAGES, ids=label)
def test_staff_enter_theirs_and_superusers_all(staff, admin_person, model):
    for_staff = isinstance(admin.site._registry[model], StaffAdmin)
    assert staff.get(url(model, "changelist")).status_code == (200 if for_staff else 403)
    assert admin_person.get(url(model, "changelist")).status_code == 200
    adds = admin_person.get(url(model, "add")).status_code
    assert adds == (200 if admin.site._registry[model].can_add else 403)


@pytest.fixture
def admin_person(db):
    return Person(a_user("root@example.org", name="Root", is_staff=True, is_superuser=True))


@pytest.fixture
def bare(db):
    """Somebody with Django's flag and nothing else: no group, no course."""
    return Person(a_user("bare@example.org", name="Bare", is_staff=True))


@pytest.mark.parametrize("model", PAGES, ids=label)
def test_learners_and_the_bare_flag_enter_nothing(world, bob, bare, anonymous, model):
    for where in ("/admin/", url(model, "changelist"), url(model, "add"), url(model, "change", 1)):
        assert bob.get(where).status_code == 403
        assert bare.get(where).status_code == 403
        answer = anonymous.get(where)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/accounts/login/?next=/admin/")


@pytest.mark.parametrize("path", ["search/?s=a", "jsi18n/", "autocomplete/", "password_change/", "nowhere/", "r/1/1/"])
def test_the_side_doors_are_closed_too(bob, bare, anonymous, path):
    assert bob.get(f"/admin/{path}").status_code == 403
    assert bare.get(f"/admin/{path}").status_code == 403
    assert anonymous.get(f"/admin/{path}").status_code == 302


def test_signing_in_happens_on_the_sites_own_page(anonymous, bob, ines, course):
    answer = anonymous.get("/admin/login/?next=/admin/learning/course/")
    assert answer["Location"] == "/accounts/login/?next=/admin/learning/course/"
    answer = anonymous.submit("/admin/login/", {"username": "ines@example.org", "password": "a-good-long-password"})
    assert answer.status_code == 302
    assert "sessionid" not in anonymous.client.cookies
    assert bob.get("/admin/login/").status_code == 403
    assert ines.get("/admin/login/?next=/admin/learning/lesson/")["Location"] == "/admin/learning/lesson/"
    assert ines.get("/admin/login/?next=https://evil.example/")["Location"] == "/admin/"


def test_the_hall_shows_own_courses_only(world, ines, staff):
    page = ines.get("/admin/").content.decode()
    assert "Ownership" in page
    assert CANARY not in page
    assert "/admin/learning/user/" not in page
    assert "/admin/learning/outbox/" not in page
    assert CANARY in staff.get("/admin/").content.decode()


def test_a_search_over_the_admin_finds_no_page_of_staff(world, ines):
    for word in ("outbox", "people", CANARY):
        body = ines.get("/admin/search/", {"s": word, "extended": "1"}).content.decode()
        assert "/admin/learning/outbox/" not in body
        assert "/change/" not in body


def test_the_link_to_the_site_follows_the_same_walls(world, ines):
    """Its answer would tell a draft's address."""
    kind = ContentType.objects.get_for_model(Course).pk
    assert ines.get(f"/admin/r/{kind}/{world['mine'].pk}/").status_code == 302
    for pk in (world["theirs"].pk, UNKNOWN, "x"):
        assert ines.get(f"/admin/r/{kind}/{pk}/").status_code == 404
    assert ines.get(f"/admin/r/{ContentType.objects.get_for_model(Lesson).pk}/{UNKNOWN}/").status_code == 404
    assert ines.get("/admin/r/99999/1/").status_code == 404


def test_a_right_taken_away_is_gone_at_the_next_request(world, ines):
    page = url(Course, "change", world["mine"].pk)
    assert ines.get(page).status_code == 200
    world["mine"].instructors.clear()
    assert ines.get(page).status_code == 302
    ines.user.groups.clear()
    assert ines.get("/admin/").status_code == 403


def test_a_closed_account_enters_nothing(world, ines):
    type(ines.user).objects.filter(pk=ines.user.pk).update(is_active=False)
    assert ines.get("/admin/").status_code == 302


def test_who_teaches_two_courses_sees_both_and_no_third(world, ines, bob):
    third = a_course(bob.user, title="Ownership of both")
    make_instructor(ines.user, third, at=timezone.now())
    listed = ines.get(url(Course, "changelist")).context["cl"].queryset
    assert set(listed) == {world["mine"], third}
