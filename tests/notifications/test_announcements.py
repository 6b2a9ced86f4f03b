"""Announcements: to whom the writer may write, to each of them once, and not after somebody has cancelled it."""

import datetime as dt

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.formats import date_format

from learning import outbox
from learning.models import AuditEntry, Enrollment, Outbox, User
from learning.services.enrollment import leave
from learning.services.structure import unpublish
from notifications.models import Announcement, Notification
from notifications.services import announcements
from tests.builders import a_course, a_user, enrolled
from tests.conformance.budgets import shown, statements

SEND, ADD, LIST = (
    "/api/notifications/send/",
    "/admin/notifications/announcement/add/",
    "/admin/notifications/announcement/",
)
WORDS = {"title": "No class on Monday", "message": "The hall is closed.\n\nWe go on on Tuesday."}


def send(person, **to):
    return person.post(SEND, {"kind": "announcement", "context": WORDS, **to})


def inboxes():
    return sorted(Notification.objects.filter(kind="announcement").values_list("learner__email", flat=True))


@pytest.fixture
def class_of(course):
    """Ines's learners: one has not begun, one has been away, one is at work, one is through, one has left."""
    now = timezone.now()
    for name, changes in {
        "new": {},
        "away": {"first_activity_at": now - dt.timedelta(days=30), "last_accessed_at": now - dt.timedelta(days=20)},
        "busy": {"first_activity_at": now - dt.timedelta(days=30), "last_accessed_at": now},
        "through": {"first_activity_at": now, "last_accessed_at": now - dt.timedelta(days=20), "completed_at": now},
        "left": {"left_at": now},
    }.items():
        place = enrolled(a_user(f"{name}@example.org"), course, at=now - dt.timedelta(days=40))
        Enrollment.objects.filter(pk=place.pk).update(**changes)
    return course


def forget_the_welcome() -> None:
    """Mails of the enrolment are not what a test is about."""
    outbox.drain()
    mail.outbox.clear()


def test_to_one_person_it_is_in_the_inbox_with_the_answer(ines, alice, at_alice):
    forget_the_welcome()
    answer = send(ines, user=alice.user.pk)
    assert (answer.status_code, answer.json()) == (202, {"queued": 1})
    row = alice.get("/api/notifications/").json()["results"][0]
    assert (row["kind"], row["title"], row["body"]) == ("announcement", WORDS["title"], WORDS["message"])
    outbox.drain()
    assert [m.to for m in mail.outbox] == [["alice@example.org"]]
    assert "We go on on Tuesday." in mail.outbox[0].body
    assert AuditEntry.objects.filter(action="announcement.written", actor=ines.user).count() == 1


def test_a_long_one_is_read_in_full_by_those_who_were_told_and_by_nobody_else(ines, alice, bob, igor, course, at_alice):
    long = {"title": "The whole story", "message": f"{'Once more. ' * 150}See https://example.org/<b>"}
    assert ines.post(SEND, {"kind": "announcement", "user": alice.user.pk, "context": long}).status_code == 202
    row = alice.get("/api/notifications/").json()["results"][0]
    assert len(row["body"]) <= 500
    page = alice.get(row["url"]).content.decode()
    assert page.count("Once more.") == 150
    assert 'href="https://example.org/' in page
    assert "<b>" not in page
    assert ines.get(row["url"]).status_code == 200
    a_course(igor.user, title="Igor's")
    assert [person.get(row["url"]).status_code for person in (bob, igor)] == [404, 404]


@pytest.mark.parametrize(
    ("segment", "told"),
    [
        ({"name": "everyone"}, ["away", "busy", "new", "through"]),
        ({"name": "not_started"}, ["new"]),
        ({"name": "inactive", "days": 14}, ["away", "new"]),
        ({"name": "completed"}, ["through"]),
    ],
)
def test_a_segment_is_who_stands_so_in_the_course(ines, class_of, segment, told):
    answer = send(ines, segment={**segment, "course": class_of.pk})
    assert answer.json() == {"queued": len(told)}
    outbox.drain()
    assert inboxes() == [f"{name}@example.org" for name in told]
    assert Announcement.objects.get().state == "sent"


def test_staff_write_to_everybody_and_instructors_to_their_own(staff, ines, igor, alice, bob, at_alice, class_of):
    assert send(staff, segment={"name": "completed"}).json() == {"queued": 1}
    everybody = User.objects.filter(is_active=True).count()
    assert send(staff, segment={"name": "everyone"}).json() == {"queued": everybody}
    assert send(ines, segment={"name": "everyone"}).status_code == 403
    assert send(ines, user=bob.user.pk).status_code == 404, "he is in none of her courses"
    a_course(igor.user, title="Igor's")
    assert send(igor, course=class_of.pk).status_code == 404
    assert send(igor, segment={"name": "everyone", "course": class_of.pk}).status_code == 404
    assert send(igor, user=alice.user.pk).status_code == 404
    for body in ({"user": bob.user.pk}, {"course": class_of.pk}, {"segment": {"name": "everyone"}}):
        assert send(alice, **body).status_code == 403, "people do not write to others"
    assert Announcement.objects.count() == 2


def test_what_can_not_be_sent_is_refused_by_name(staff, class_of, alice):
    def fields(**body):
        answer = send(staff, **body)
        assert answer.status_code == 400, answer.content
        return [e["field"] for e in answer.json()["errors"]]

    yesterday, far = (timezone.now() + dt.timedelta(days=days) for days in (-1, 400))
    assert fields() == ["non_field_errors"]
    assert fields(user=alice.user.pk, course=class_of.pk) == ["non_field_errors"]
    assert fields(segment={"name": "inactive"}) == ["segment.days"]
    assert fields(segment={"name": "completed", "days": 3}) == ["segment.days"]
    assert fields(course=class_of.pk, send_at=yesterday.isoformat()) == ["send_at"]
    assert fields(course=class_of.pk, send_at=far.isoformat()) == ["send_at"]
    assert fields(course=class_of.pk, kind="badge") == ["kind"]
    assert fields(course=class_of.pk, context={"title": "x"}) == ["context.message"]
    assert send(staff, course=10**9).status_code == 404
    assert not Announcement.objects.exists()


def test_it_waits_for_its_time_and_reaches_those_who_are_there_then(ines, alice, bob, course, at_alice):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        tomorrow = timezone.now() + dt.timedelta(days=1)
        assert send(ines, course=course.pk, send_at=tomorrow.isoformat()).json() == {"queued": 1}
        outbox.drain()
        assert inboxes() == []
        leave(learner=alice.user, course=course, at=timezone.now())
        enrolled(bob.user, course)
        clock.shift(dt.timedelta(days=1, seconds=1))
        outbox.drain()
        assert inboxes() == ["bob@example.org"]


def test_nobody_hears_of_a_course_that_was_withdrawn_meanwhile(ines, course, at_alice):
    send(ines, course=course.pk)
    unpublish(course, at=timezone.now())
    outbox.drain()
    assert inboxes() == []


def test_it_is_told_in_portions_once_to_each_whatever_is_repeated(ines, course, monkeypatch):
    """Killed after any portion, and with every row of the outbox done twice: each person has it once."""
    monkeypatch.setattr(announcements, "PORTION", 3)
    monkeypatch.setattr(announcements, "PORTIONS_A_ROW", 2)
    people = [a_user(f"p{n:02}@example.org") for n in range(11)]
    for person in people:
        enrolled(person, course)
    forget_the_welcome()
    send(ines, course=course.pk)
    announcement = Announcement.objects.get()
    assert announcements._next_portion(announcement.pk, at=timezone.now()) == people[2].pk
    leave(learner=people[4], course=course, at=timezone.now())
    for _again in range(2):
        outbox.drain()
        Outbox.objects.filter(kind=announcements.KIND).update(state="waiting", run_at=timezone.now())
    announcement.refresh_from_db()
    assert (announcement.state, announcement.told, announcement.expected) == ("sent", 10, 11)
    assert inboxes() == [p.email for p in people if p != people[4]]
    outbox.drain()
    assert len(mail.outbox) == 10
    assert len({str(m.extra_headers["Message-ID"]) for m in mail.outbox}) == 10


def test_a_portion_costs_as_many_statements_for_many_as_for_one(ines, course):
    spent = []
    for n in (1, 20):
        for k in range(n):
            enrolled(a_user(f"p{n}-{k}@example.org"), course)
        send(ines, course=course.pk)
        pk = Announcement.objects.latest("pk").pk
        with statements() as found:
            announcements._next_portion(pk, at=timezone.now())
        spent.append(found)
    assert len(spent[0]) == len(spent[1]), shown(spent[1])


def test_what_is_cancelled_is_told_to_nobody_more(ines, igor, course, at_alice, monkeypatch, staff):
    monkeypatch.setattr(announcements, "PORTION", 1)
    enrolled(a_user("second@example.org"), course)
    send(ines, course=course.pk)
    pk = Announcement.objects.get().pk
    announcements._next_portion(pk, at=timezone.now())
    a_course(igor.user, title="Igor's")
    igor.submit(LIST, {"action": "cancel_selected", "_selected_action": [pk]})
    assert Announcement.objects.get().state == "sending", "not his"
    ines.submit(LIST, {"action": "cancel_selected", "_selected_action": [pk]})
    outbox.drain()
    assert inboxes() == ["alice@example.org"]
    assert Announcement.objects.get().state == "cancelled"
    assert AuditEntry.objects.filter(action="announcement.cancelled").count() == 1
    ines.submit(LIST, {"action": "cancel_selected", "_selected_action": [pk]})
    assert AuditEntry.objects.filter(action="announcement.cancelled").count() == 1


def test_a_day_has_an_end_and_what_fails_does_not_count(ines, course, at_alice, settings):
    settings.ANNOUNCEMENTS_A_DAY = 2
    assert send(ines, course=course.pk, segment={"name": "x"}).status_code == 400
    assert [send(ines, course=course.pk).status_code for _ in range(3)] == [202, 202, 429]
    answer = send(ines, course=course.pk)
    assert int(answer["Retry-After"]) > 0
    assert Announcement.objects.count() == 2


def test_the_admin_shows_whom_it_reaches_before_it_is_sent(ines, class_of, igor):
    fields = {
        "to_address": "",
        "course": class_of.pk,
        "segment": "inactive",
        "days": "14",
        "when_0": "",
        "when_1": "",
        **WORDS,
    }
    assert ines.get(ADD).status_code == 200
    looked = ines.submit(ADD, fields).content.decode()
    assert "This reaches 2 people." in looked
    assert "away, new" in " ".join(looked.split()) or "new, away" in " ".join(looked.split())
    assert not Announcement.objects.exists(), "looking sends nothing"
    shown_to = looked.partition('name="previewed" value="')[2].partition('"')[0]
    changed = ines.submit(ADD, {**fields, "segment": "everyone", "days": "", "previewed": shown_to, "_send": "1"})
    assert "This reaches 4 people." in changed.content.decode(), "another audience is looked at again"
    assert not Announcement.objects.exists()
    assert ines.submit(ADD, {**fields, "previewed": shown_to, "_send": "1"}).status_code == 302
    outbox.drain()
    assert inboxes() == ["away@example.org", "new@example.org"]
    page = ines.get(LIST).content.decode()
    assert WORDS["title"] in page
    assert "2 / 2" in page
    a_course(igor.user, title="Igor's")
    assert WORDS["title"] not in igor.get(LIST).content.decode()
    assert ines.get(f"{LIST}{Announcement.objects.get().pk}/change/").status_code == 200


def test_times_in_the_admin_are_on_the_clock_of_its_reader(ines, staff, class_of):
    """Typed at nine in Tokyo, it is midnight in UTC and shows as nine again; who lives elsewhere reads their own."""
    User.objects.filter(pk=ines.user.pk).update(time_zone="Asia/Tokyo")
    fields = {"to_address": "", "course": class_of.pk, "segment": "everyone", "days": "", **WORDS}
    day = timezone.now().date() + dt.timedelta(days=3)
    fields |= {"when_0": day.isoformat(), "when_1": "09:00:00"}
    looked = ines.submit(ADD, fields).content.decode()
    shown_to = looked.partition('name="previewed" value="')[2].partition('"')[0]
    assert ines.submit(ADD, {**fields, "previewed": shown_to, "_send": "1"}).status_code == 302
    assert Announcement.objects.get().send_at == dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC)
    shown_as = date_format(day, "DATE_FORMAT")
    assert f"{shown_as}, 9 a.m." in ines.get(LIST).content.decode()
    assert f"{shown_as}, midnight" in staff.get(LIST).content.decode()
    assert timezone.get_current_timezone_name() == "UTC", "it ends with the request"


def test_what_a_worker_is_about_to_take_is_not_said_to_wait(ines, class_of):
    send(ines, course=class_of.pk)
    assert Announcement.objects.get().state == Announcement.State.SCHEDULED
    page = ines.get(LIST).content.decode().partition("result_list")[2].partition("</table>")[0]
    assert "Being sent" in page
    assert "Waits for its time" not in page


def test_the_admin_says_what_is_missing(ines, staff, bob, class_of):
    empty = {"to_address": "", "course": "", "segment": "", "days": "", "when_0": "", "when_1": "", **WORDS}

    def said(person, **fields):
        return person.submit(ADD, {**empty, **fields}).content.decode().replace("&#x27;", "'")

    assert "Say whom it is for" in said(staff)
    assert "Only staff write to people of all courses." in said(ines, segment="everyone")
    assert "There is nothing here." in said(ines, to_address="bob@example.org")
    assert "For how many days" in said(ines, course=class_of.pk, segment="inactive")
    assert "Either one person" in said(staff, to_address="bob@example.org", segment="everyone")
    assert "This reaches 1 person." in said(staff, to_address="bob@example.org")
    assert not Announcement.objects.exists()


def test_an_announcement_is_to_a_person_or_a_segment(alice):
    fields = {"title": "t", "message": "m", "send_at": timezone.now(), "created_at": timezone.now()}
    for wrong in ({}, {"person": alice.user, "segment": "everyone"}, {"segment": "inactive"}, {"segment": "everyone", "days": 3},
                  {"segment": "everyone", "state": "sent"}):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            Announcement.objects.create(**fields, **wrong)


def test_the_people_of_a_segment_are_found_by_an_index(class_of):
    """Keyset over people: no portion reads those that were told before."""
    announcement = Announcement(segment="everyone", course=class_of, send_at=timezone.now())
    plan = announcements.audience(announcement).filter(pk__gt=5)[:500].explain()
    if connection.vendor == "sqlite":
        assert "SEARCH learning_user USING INTEGER PRIMARY KEY (rowid>?)" in plan
