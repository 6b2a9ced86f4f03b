"""The audit log: every privileged change is in it, in the change's own transaction, and nothing in it changes."""

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from gamification.models import XPEntry, XPRule
from learning.models import AuditEntry, Certificate, Outbox
from learning.services.audit import record
from learning.services.people import make_instructor, remove_instructor
from tests.builders import a_course, enrolled

pytestmark = pytest.mark.django_db


def log():
    rows = AuditEntry.objects.exclude(action__startswith="course.instructor").order_by("pk")
    return list(rows.values_list("action", "actor__email", "before", "after"))


def an_entry(admin):
    return record("user.changed", admin.user, by=admin.user, at=timezone.now(), after={"is_staff": True})


@pytest.mark.parametrize("table", ["learning_auditentry", "gamification_xpentry"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_the_database_refuses_to_change_what_is_written_once(table, statement, admin, alice):
    an_entry(admin)
    now = timezone.now()
    XPEntry.objects.create(learner=alice.user, amount=5, rule="lesson_completed", source="x", created_at=now, day=now)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))
    assert AuditEntry.objects.exists()
    assert XPEntry.objects.get().amount == 5


def test_what_is_rolled_back_leaves_no_entry(admin, alice, course):
    before = AuditEntry.objects.count()
    with transaction.atomic():
        make_instructor(alice.user, course, by=admin.user, at=timezone.now())
        assert AuditEntry.objects.count() == before + 1
        transaction.set_rollback(True)
    assert AuditEntry.objects.count() == before
    assert not course.instructors.filter(pk=alice.user.pk).exists()


def test_rights_given_and_taken_are_written_down_with_what_they_were(admin, alice):
    page = f"/admin/learning/user/{alice.user.pk}/change/"
    group = Group.objects.get_or_create(name="Staff")[0]
    form = {"display_name": "Alicia", "time_zone": "Europe/Madrid", "language": "en", "is_active": "on"}
    assert admin.submit(page, {**form, "is_staff": "on", "groups": [group.pk]}).status_code == 302
    assert admin.submit(page, {**form, "display_name": "Al", "is_staff": "on", "groups": [group.pk]}).status_code == 302
    assert admin.submit(page, form).status_code == 302
    assert log() == [
        (
            "user.changed",
            "admin@example.org",
            {"is_staff": False, "groups": []},
            {"is_staff": True, "groups": [group.pk]},
        ),
        (
            "user.changed",
            "admin@example.org",
            {"is_staff": True, "groups": [group.pk]},
            {"is_staff": False, "groups": []},
        ),
    ]  # a new name is nobody's right
    assert AuditEntry.objects.latest("pk").thing == f"learning.user:{alice.user.pk}"


def test_who_teaches_a_course_is_written_down(ines, igor, course):
    now = timezone.now()
    assert make_instructor(igor.user, course, by=ines.user, at=now)
    assert not make_instructor(igor.user, course, by=ines.user, at=now)
    assert remove_instructor(igor.user, course, by=ines.user, at=now)
    added, removed = AuditEntry.objects.filter(actor=ines.user, course=course).order_by("pk")
    assert (added.action, added.after) == ("course.instructor_added", {"instructor": igor.user.pk})
    assert (removed.action, removed.before) == ("course.instructor_removed", {"instructor": igor.user.pk})


def test_a_course_opened_and_closed_is_written_down(ines, course):
    ines.submit("/admin/learning/course/", {"action": "archive_selected", "_selected_action": [course.pk]})
    ines.submit("/admin/learning/course/", {"action": "archive_selected", "_selected_action": [course.pk]})
    assert log() == [("course.state", "ines@example.org", {"state": "published"}, {"state": "archived"})]


def test_what_staff_do_is_written_down(staff, alice, course):
    now = timezone.now()
    certificate = Certificate.objects.create(
        enrollment=enrolled(alice.user, course), learner_name="Alice", course_title="Stones", issued_at=now
    )
    Outbox.objects.create(key="a", kind="test", state="dead", created_at=now, run_at=now)
    staff.submit("/admin/gamification/xpentry/add/", {"learner": alice.user.pk, "amount": -5, "reason": "Twice"})
    for _ in ("once", "and again, which changes nothing"):
        row = {"action": "revoke_selected", "_selected_action": [certificate.pk]}
        staff.submit("/admin/learning/certificate/", row)
        row = {"action": "try_again_selected", "_selected_action": [Outbox.objects.get(key="a").pk]}
        staff.submit("/admin/learning/outbox/", row)
    rule = XPRule.objects.get(key="lesson_completed")
    staff.submit(f"/admin/gamification/xprule/{rule.pk}/change/", {"key": rule.key, "amount": 12, "is_active": "on"})
    assert [(action, who) for action, who, _, _ in log()] == [
        (action, "staff@example.org")
        for action in ("xp.corrected", "certificate.revoked", "outbox.retried", "xprule.changed")
    ]
    assert log()[0][3] == {"learner": alice.user.pk, "amount": -5}
    assert log()[3][2:] == ({"amount": rule.amount}, {"amount": 12})


def test_instructors_read_what_concerns_their_courses_and_staff_everything(ines, igor, staff, admin, course):
    an_entry(admin)
    a_course(igor.user, title="Elsewhere")
    where = "/admin/learning/auditentry/"
    assert {entry.course for entry in ines.get(where).context["cl"].result_list} == {course}
    assert staff.get(where).context["cl"].result_count == 3
    foreign = AuditEntry.objects.exclude(course=course).latest("pk")
    assert ines.get(f"{where}{foreign.pk}/change/").status_code in {302, 404}
    assert staff.get(f"{where}{foreign.pk}/change/").status_code == 200
    assert staff.submit(f"{where}{foreign.pk}/delete/", {"post": "yes"}).status_code in {403, 404}
    assert ines.get(where).status_code == 200


def test_the_entry_stays_when_its_course_goes(ines, igor, course):
    make_instructor(igor.user, course, by=ines.user, at=timezone.now())
    pk = course.pk
    course.delete()
    assert AuditEntry.objects.filter(course_id=pk).exists()
