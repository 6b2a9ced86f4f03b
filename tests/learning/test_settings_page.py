"""Settings, certificates, help and the pages for when something is wrong."""

import uuid

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from learning.models import Certificate, User
from tests.learning.test_pages import text_of

SETTINGS = {"display_name": "Alice", "language": "en", "time_zone": "Europe/Madrid", "detailed_tracking": "on"}


def test_settings_are_for_those_who_are_signed_in(anonymous):
    assert anonymous.get("/settings/").url == "/accounts/login/?next=/settings/"


def test_name_and_privacy_are_saved(alice):
    alice.submit(
        "/settings/",
        {**SETTINGS, "display_name": "  Alice   Moreno ", "shows_progress_publicly": "on", "detailed_tracking": ""},
    )
    user = User.objects.get(pk=alice.user.pk)
    assert (user.display_name, user.shows_progress_publicly, user.detailed_tracking) == ("Alice Moreno", True, False)


def test_saving_settings_writes_nothing_else_of_the_account(alice):
    with CaptureQueriesContext(connection) as asked:
        alice.submit("/settings/", {**SETTINGS, "display_name": "Al"})
    written = [q["sql"] for q in asked if q["sql"].startswith('UPDATE "learning_user"')]
    assert written
    assert not [sql for sql in written if '"password"' in sql or '"is_active"' in sql]


def test_a_new_time_zone_counts_from_the_next_day_and_says_so(alice):
    page = alice.client.post("/settings/", {**SETTINGS, "time_zone": "Asia/Tokyo"}, follow=True)
    user = User.objects.get(pk=alice.user.pk)
    assert user.zone_at(timezone.now()) == "Europe/Madrid"
    assert user.time_zone == "Asia/Tokyo"
    assert "Your days are counted in Asia/Tokyo from" in text_of(page)


def test_saving_the_same_zone_moves_nothing(alice):
    alice.submit("/settings/", SETTINGS)
    assert not alice.user.zone_changes.exists()


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../../etc/passwd", "", "posix/Europe/Madrid"])
def test_a_zone_that_does_not_exist_is_refused_and_nothing_saved(alice, zone):
    page = alice.client.post("/settings/", {**SETTINGS, "display_name": "Other", "time_zone": zone})
    assert "Nothing is saved yet" in text_of(page)
    assert User.objects.get(pk=alice.user.pk).display_name == "Alice"


def test_a_form_cannot_make_anybody_staff(alice):
    alice.submit("/settings/", {**SETTINGS, "is_staff": "on", "is_superuser": "on", "email": "new@example.org"})
    user = User.objects.get(pk=alice.user.pk)
    assert (user.is_staff, user.is_superuser, user.email) == (False, False, "alice@example.org")


def test_a_certificate_is_valid_revoked_or_unknown(anonymous, at_alice):
    certificate = Certificate.objects.create(
        enrollment=at_alice, learner_name="Alice M.", course_title="Stones", issued_at=timezone.now()
    )
    where = f"/certificates/{certificate.uuid}/"
    page = text_of(anonymous.get(where))
    assert "This certificate is valid" in page
    assert "Alice M." in page
    Certificate.objects.update(revoked_at=timezone.now())
    assert "This certificate was revoked" in text_of(anonymous.get(where))
    unknown = anonymous.get(f"/certificates/{uuid.uuid4()}/")
    assert unknown.status_code == 404
    assert "No certificate has this number" in text_of(unknown)


def test_help_says_how_things_are_counted(anonymous):
    page = text_of(anonymous.get("/help/"))
    assert "Progress in a course is the number of required lessons" in page
    assert "at least ten minutes" in page


def test_what_is_not_there_says_so(anonymous):
    answer = anonymous.get("/nowhere/")
    assert answer.status_code == 404
    assert "There is nothing here" in text_of(answer)


def test_the_last_resort_needs_nothing(db):
    assert "Something broke on our side" in render_to_string("errors/500.html")


def test_an_expired_form_tells_what_to_do(course):
    answer = Client(enforce_csrf_checks=True).post(f"{course.get_absolute_url()}enrol/")
    assert answer.status_code == 403
    assert "This form has expired" in text_of(answer)


def test_sign_up_fills_the_zone_in_the_browser(anonymous):
    assert 'data-time-zone=""' in anonymous.get("/accounts/signup/").content.decode()


def test_mails_in_a_folder_are_announced(anonymous, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    assert "var/mail" in text_of(anonymous.get("/accounts/password/reset/done/"))
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    assert "var/mail" not in text_of(anonymous.get("/accounts/password/reset/done/"))
