"""The list of a course's learners, one learner's page, and what is done for them."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from analytics.models import Outreach, RiskFlag, RiskSnapshot, StudentLine, StudentNote, StudentReading
from analytics.services.lines import place_changed
from analytics.services.risk import judge_day
from chat.models import Conversation, Message
from gamification.models import Pause
from learning import outbox
from learning.models import AuditEntry, Course, Enrollment
from learning.services.enrollment import leave
from learning.zones import day_at
from notifications.models import Notification
from tests.analytics.facts import attempted, completed, days, joined, noon, studied
from tests.builders import a_practice, a_user, enrolled, lessons_of

pytestmark = pytest.mark.django_db
ONE_DAY = dt.timedelta(days=1)


def api(course, path=""):
    return f"/api/instructor/courses/{course.pk}/students/{path}"


def page(course, path=""):
    return f"/admin/analytics/courses/{course.pk}/{path}"


@pytest.fixture
def today(course):
    return day_at(timezone.now(), course.time_zone)


@pytest.fixture
def silent(course, bob, alice, today):
    """Bob has been silent for twelve days, seen by two nights; Alice and two others study."""
    people = [bob.user, alice.user, a_user("cy@example.org", name="Cy"), a_user("di@example.org", name="Di")]
    start = today - dt.timedelta(days=40)
    for learner in people:
        joined(learner, course, start)
    for learner in people[1:]:
        studied(learner, course, *days(start, *range(0, 40, 2)))
    studied(bob.user, course, *days(start, *range(0, 28, 2)))
    completed(bob.user, lessons_of(course)[0], start + dt.timedelta(days=3))
    for back in (2, 1):
        judge_day(course, today - dt.timedelta(days=back), at=timezone.now())
    return RiskFlag.objects.get(learner=bob.user)


# --- the list ---------------------------------------------------------------------------------------------------
def test_learners_are_found_filtered_and_sorted_page_by_page(ines, alice, course, today):
    now = timezone.now()
    for n in range(7):
        learner = a_user(f"learner{n}@example.org", name=f"Learner {n}")
        enrollment = joined(learner, course, today - dt.timedelta(days=20))
        Enrollment.objects.filter(pk=enrollment.pk).update(
            percent=10 * (n // 2),
            seconds=100 * n,
            first_activity_at=now if n else None,
            last_accessed_at=now - dt.timedelta(days=3 * n) if n else None,
            completed_at=now if n == 6 else None,
        )
    gone = a_user("gone@example.org", name="Gone")
    enrolled(gone, course)
    leave(learner=gone, course=course, at=now)
    enrolled(ines.user, course)
    place_changed()

    def names(**asked):
        found, address = [], api(course)
        while address:
            answer = ines.get(address, None if found else {"page_size": 3, **asked}).json()
            found += [row["name"].removeprefix("Learner ") for row in answer["results"]]
            assert answer["count"] == len(answer["results"]) or answer["count"] > 3
            address = answer["next"]
        return "".join(found)

    assert names(sort="name") == "0123456"
    assert names(sort="time_spent") == "6543210"
    assert names(sort="progress") == "6452301"
    assert names(sort="recent") == "1234560"
    assert names(filter="completed") == "6"
    assert names(filter="not_started") == "0"
    assert sorted(names(filter="active")) == ["1", "2"]
    assert names(filter="at_risk") == ""
    assert names(search="learner 4") == "4"
    assert names(search="learner4@example") == "", "nobody is found by their address"

    row = ines.get(api(course), {"search": "learner 4"}).json()["results"][0]
    assert set(row) == {"id", "name", "email", "percent", "seconds", "last_active", "state", "activity", "risk"}
    assert (row["email"], row["percent"], row["state"]) == (None, 20.0, "in_progress")
    assert len(row["activity"]) == 14

    for bad in ({"sort": "shoe_size"}, {"filter": "tall"}, {"page_size": "0"}):
        assert ines.get(api(course), bad).status_code == 400
    for cursor in ("x", "WyJuYW1lIiwgIngiLCAxXQ", "WyJyZWNlbnQiLCJ4IiwxXQ", "WyJyZWNlbnQiLDEsMV0"):
        assert ines.get(api(course), {"cursor": cursor}).status_code == 404
        assert ines.get(page(course, "students/"), {"after": cursor}).status_code == 302
    shown = ines.get(page(course, "students/"), {"filter": "completed"}).content.decode()
    assert "Learner 6" in shown
    assert "Learner 5" not in shown


def test_staff_see_addresses_and_the_course_may_show_aliases_instead_of_names(ines, staff, alice, course, today):
    joined(alice.user, course, today - dt.timedelta(days=3))
    assert staff.get(api(course)).json()["results"][0]["email"] == "alice@example.org"
    risk = f"/api/instructor/courses/{course.pk}/risk/"
    assert ines.patch(risk, {"learners_by_alias": True}).json()["learners_by_alias"] is True
    assert ines.get(api(course), {"search": "alice"}).json()["results"] == []
    outbox.drain()
    row = staff.get(api(course), {"search": "learner"}).json()["results"][0]
    assert row["email"] is None
    assert row["name"].startswith("Learner ")
    assert "Alice" not in str(ines.get(api(course, f"{alice.user.pk}/")).json())
    for address in (
        page(course, "students/"),
        page(course, f"students/{alice.user.pk}/"),
        page(course, f"students/{alice.user.pk}/write/"),
        "/admin/learning/enrollment/",
    ):
        shown = ines.get(address).content.decode()
        assert "Alice" not in shown, address
    assert row["name"] in ines.get("/admin/learning/enrollment/").content.decode()
    assert row["name"] not in ines.get("/admin/learning/enrollment/?q=alice").content.decode()
    assert AuditEntry.objects.filter(action="course.aliases", actor=ines.user).count() == 1


# --- who needs help ---------------------------------------------------------------------------------------------
def test_the_learner_sees_it_first_and_in_kind_words(ines, bob, course, silent, today):
    RiskFlag.objects.update(shown_from=today + ONE_DAY)
    hint = bob.get("/api/learner/hints/").json()["hints"][0]
    assert (hint["id"], hint["reason"]) == (silent.pk, "inactive")
    assert "where you left it" in bob.get("/my-learning/hints/").content.decode()
    assert ines.get(api(course, "at-risk/")).json()["students"] == []
    assert ines.get(api(course), {"filter": "at_risk"}).json()["results"] == []
    assert "May need help" not in ines.get(page(course, f"students/{bob.user.pk}/")).content.decode()


def test_those_who_teach_see_who_needs_help_why_and_in_which_order(ines, bob, course, silent, today):
    answer = ines.get(api(course, "at-risk/")).json()
    assert answer["day"] == str(today - ONE_DAY)
    (student,) = answer["students"]
    assert (student["id"], student["name"]) == (bob.user.pk, "Bob")
    assert 0.5 < student["score"] <= 1
    assert student["flags"] == [
        {
            "id": silent.pk,
            "reason": "inactive",
            "signal": "days_since_activity",
            "value": 13.0,
            "course_median": 1.0,
            "since": str(today - dt.timedelta(days=14)),
        }
    ]
    shown = ines.get(page(course, "help/")).content.decode()
    assert "13 days since the last activity; others who have been here as long: 1" in shown
    (row,) = ines.get(api(course), {"filter": "at_risk"}).json()["results"]
    assert row["risk"]["reasons"] == ["inactive"]


@pytest.mark.parametrize("why", ["finished", "left", "private", "vacation"])
def test_who_is_done_gone_private_or_away_since_the_night_is_off_the_list(ines, bob, course, silent, why, today):
    mine = Enrollment.objects.filter(learner=bob.user)
    if why == "finished":
        mine.update(completed_at=timezone.now())
    elif why == "left":
        leave(learner=bob.user, course=course, at=timezone.now())
    elif why == "private":
        bob.patch("/api/me/", {"detailed_tracking": False})
    else:
        Pause.objects.create(
            learner=bob.user, kind="vacation", first_day=today, last_day=today + ONE_DAY, created_at=timezone.now()
        )
    assert ines.get(api(course, "at-risk/")).json()["students"] == []
    assert all(row["risk"] is None for row in ines.get(api(course)).json()["results"])
    assert bob.get("/api/learner/hints/").json()["hints"] == [] or why == "vacation"


def test_the_learner_is_on_holiday_and_nobody_asks(ines, bob, course, silent, today):
    until = bob.user.day_at(timezone.now()) + dt.timedelta(days=5)
    assert bob.submit(f"/my-learning/hints/{silent.pk}/away/", {"until": ""}).status_code == 302
    assert bob.post(f"/api/learner/hints/{silent.pk}/away/", {"until": str(until - 5 * ONE_DAY)}).status_code == 400
    assert bob.submit(f"/my-learning/hints/{silent.pk}/away/", {"until": str(until)}).status_code == 302
    assert bob.submit(f"/my-learning/hints/{silent.pk}/away/", {"until": str(until)}).status_code == 404
    assert Pause.objects.get(learner=bob.user, kind="vacation").last_day == until
    assert bob.get("/my-learning/hints/").content.decode().strip() == ""
    assert ines.get(api(course, "at-risk/")).json()["students"] == []
    timeline = ines.get(api(course, f"{bob.user.pk}/")).json()["timeline"]
    assert (timeline[0]["kind"], timeline[0]["title"]) == ("acted", "The learner’s answer")


def test_who_has_no_vacation_left_is_believed_as_well(ines, bob, course, silent):
    """The streak does not rest, and the page says so; those who teach ask nothing all the same."""
    mine = bob.user.day_at(timezone.now())
    Pause.objects.create(
        learner=bob.user,
        kind="vacation",
        first_day=mine + 40 * ONE_DAY,
        last_day=mine + 69 * ONE_DAY,
        created_at=timezone.now(),
    )
    said = bob.submit(f"/my-learning/hints/{silent.pk}/away/", {"until": str(mine + 45 * ONE_DAY)}, follow=True)
    assert "Nobody asks about you" in said.content.decode()
    assert Pause.objects.filter(learner=bob.user, kind="vacation").count() == 1
    assert ines.get(api(course, "at-risk/")).json()["students"] == []


# --- acting -----------------------------------------------------------------------------------------------------
def test_an_encouragement_is_previewed_sent_once_a_day_and_followed_for_fourteen_days(ines, bob, course, silent, today):
    write, send = page(course, f"students/{bob.user.pk}/write/"), page(course, f"students/{bob.user.pk}/send/")
    assert "kept just as you left it" in ines.get(write, {"kind": "encourage", "flag": silent.pk}).content.decode()
    words = {"kind": "encourage", "flag": silent.pk, "text": "Hello Bob, one short lesson? – Ines"}
    preview = ines.submit(send, {**words, "act": "preview"}).content.decode()
    assert "Hello Bob, one short lesson?" in preview
    assert not Outreach.objects.exists()
    assert "This field is required" in ines.submit(send, {**words, "text": " "}).content.decode()
    for _ in range(2):
        assert ines.submit(send, {**words, "act": "send"}).status_code == 302
    act = Outreach.objects.get()
    assert (act.kind, act.flag, act.by, act.message) == ("encourage", silent, ines.user, words["text"])
    told = Notification.objects.get(learner=bob.user, kind="instructor_message")
    assert told.body == words["text"]
    again = ines.post(api(course, f"{bob.user.pk}/encourage/"), {"message": "Another"})
    assert (again.status_code, again.json()["message"]) == (200, words["text"])

    past = noon(today - dt.timedelta(days=20))
    Outreach.objects.update(at=past, watched_until=past + dt.timedelta(days=14))
    studied(bob.user, course, *days(past.date(), 7, 8), seconds=600)
    completed(bob.user, lessons_of(course)[1], past.date() + 3 * ONE_DAY)
    event = next(e for e in ines.get(api(course, f"{bob.user.pk}/")).json()["timeline"] if e["kind"] == "acted")
    assert event["after"]["is_over"] is True
    assert (event["after"]["active_days"], event["after"]["lessons"]) == (
        5,
        1,
    )  # on three days before those he had studied as well
    sums = {row["kind"]: row for row in ines.get(f"/api/instructor/courses/{course.pk}/risk/").json()["acts"]}
    assert sums["encourage"] == {"kind": "encourage", "count": 1, "over": 1, "came_back": 1, "went_on": 1}
    assert sums["offer_help"]["count"] == 0
    assert "1 of 1" in ines.get(page(course, "help/")).content.decode()


def test_a_flag_is_put_off_dismissed_and_comes_back_when_it_begins_anew(ines, bob, course, silent, today):
    snooze, dismiss = (api(course, f"{bob.user.pk}/flags/{silent.pk}/{act}/") for act in ("snooze", "dismiss"))
    for bad in (today, today + dt.timedelta(days=500)):
        assert ines.post(snooze, {"until": str(bad)}).status_code == 400
    for _ in range(2):
        assert ines.post(snooze, {"until": str(today + ONE_DAY)}).status_code == 201
    assert Outreach.objects.filter(kind="snooze").count() == 1
    assert ines.get(api(course, "at-risk/")).json()["students"] == []
    RiskFlag.objects.update(snoozed_until=today)
    assert len(ines.get(api(course, "at-risk/")).json()["students"]) == 1
    act = page(course, f"students/{bob.user.pk}/act/")
    for _ in range(2):
        ines.submit(act, {"act": "dismiss", "flag": silent.pk, "back": "help"})
    assert ines.post(dismiss, {"reason": "Talked to him"}).status_code == 201
    assert Outreach.objects.filter(kind="dismiss").count() == 1
    assert ines.get(api(course, "at-risk/")).json()["students"] == []
    assert bob.get("/api/learner/hints/").json()["hints"] == []
    for bad in ({"act": "dismiss", "flag": "x"}, {"act": "snooze", "flag": 0}, {"act": "done", "note_id": "9"}, {}):
        assert ines.submit(act, bad).status_code == 404

    studied(bob.user, course, today)
    judge_day(course, today, at=timezone.now())
    assert RiskFlag.objects.get().cleared_on == today
    assert ines.post(snooze, {"until": str(today + ONE_DAY)}).json()["code"] == "flag_is_over"


def test_notes_are_kept_for_those_who_teach_and_ticked_off(ines, igor, bob, course, silent):
    act = page(course, f"students/{bob.user.pk}/act/")
    ines.submit(act, {"act": "note", "note": "Call on Monday", "action_item": "on"})
    item = StudentNote.objects.get()
    assert "Call on Monday" in ines.get(page(course, f"students/{bob.user.pk}/")).content.decode()
    assert "This field is required" in ines.submit(act, {"act": "note", "note": ""}).content.decode()
    ines.submit(act, {"act": "done", "note_id": item.pk})
    item.refresh_from_db()
    assert item.done_at
    one = api(course, f"{bob.user.pk}/notes/")
    assert ines.post(one, {"note": "Only a note"}).json()["action_item"] is False
    assert ines.patch(f"{one}{StudentNote.objects.latest('pk').pk}/", {"done": True}).status_code == 404
    assert "Call on Monday" not in str(bob.get("/api/learner/hints/").json())
    with pytest.raises(IntegrityError), transaction.atomic():
        StudentNote.objects.filter(is_action_item=False).update(done_at=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        StudentNote.objects.update(text="")


# --- one learner ------------------------------------------------------------------------------------------------
def test_a_learners_page_adds_up_worked_out_by_hand(ines, alice, course, today):
    """Alice lives in Madrid. Two sittings: 19:00 to 20:40 and, a day later, 07:00 to 07:10."""
    practice = a_practice(course.modules.get(), title="Try it", is_required=False)
    joined(alice.user, course, dt.date(2026, 1, 5))
    first = lessons_of(course)[0]
    evening = dt.datetime(2026, 1, 12, 18, tzinfo=dt.UTC)  # 19:00 in Madrid
    for hour, seconds in (
        (evening, 3600),
        (evening + dt.timedelta(hours=1), 2400),
        (evening + dt.timedelta(hours=12), 600),
    ):
        studied_at(alice.user, course, hour, seconds)
    completed(alice.user, first, dt.date(2026, 1, 12), seconds=3000)
    for day, score in ((13, 40), (14, 90)):
        attempted(alice.user, practice, dt.date(2026, 1, day), score=score)
    Enrollment.objects.update(seconds=6600, completed_lessons=1, percent=50, first_activity_at=evening)
    talk = Conversation.objects.create(course=course, asker=alice.user, title="Secret talk", last_message_at=evening)
    ask(talk, "What is sediment?", lesson=first)
    ask(talk, "And gravel?", lesson=first)

    state = ines.get(api(course, f"{alice.user.pk}/")).json()
    assert state["stats"] == {
        "total_seconds": 6600,
        "completed_lessons": 1,
        "required_lessons": 2,
        "questions_asked": 2,
        "current_streak": 0,
        "average_session_seconds": 3300,
        "best_hour": 19,
    }
    tried = next(one for one in state["lessons"] if one["id"] == practice.pk)
    assert (tried["attempts"], tried["best_score"], tried["status"]) == (2, 90.0, "not_started")
    assert [e["kind"] for e in state["timeline"]] == [
        "practice_passed", "practice_failed", "lesson_completed", "enrolled",
    ]  # fmt: skip
    assert state["chat_summary"] == {"total_questions": 2, "topics": [], "shared_sessions": []}
    assert "sediment" not in str(state) + ines.get(page(course, f"students/{alice.user.pk}/")).content.decode()

    Conversation.objects.update(is_shared=True)
    summary = ines.get(api(course, f"{alice.user.pk}/")).json()["chat_summary"]
    assert summary["topics"] == [{"topic": first.title, "count": 2}]
    assert [one["title"] for one in summary["shared_sessions"]] == ["Secret talk"]


def test_who_wants_no_detailed_activity_is_shown_by_progress_alone(ines, bob, course, silent):
    bob.patch("/api/me/", {"detailed_tracking": False})
    state = ines.get(api(course, f"{bob.user.pk}/")).json()
    assert state["student"]["is_private"] is True
    assert state["flags"] == []
    assert state["stats"]["best_hour"] is state["stats"]["questions_asked"] is state["stats"]["current_streak"] is None
    assert {event["kind"] for event in state["timeline"]} == {"enrolled", "lesson_completed"}
    row = next(r for r in ines.get(api(course)).json()["results"] if r["id"] == bob.user.pk)
    assert row["activity"] == []
    assert "switched detailed activity off" in ines.get(page(course, f"students/{bob.user.pk}/")).content.decode()


def test_every_opening_is_written_down_and_shown_to_the_learner(ines, staff, igor, bob, course, silent):
    ines.get(api(course, f"{bob.user.pk}/"))
    staff.get(page(course, f"students/{bob.user.pk}/"))
    igor.get(page(course, f"students/{bob.user.pk}/"))
    igor.get(api(course, f"{bob.user.pk}/"))
    assert [r.reader.name for r in StudentReading.objects.order_by("pk")] == ["Ines", "Sam"]
    shown = bob.get("/my-learning/readers/").content.decode()
    assert shown.index("Sam") < shown.index("Ines")
    assert [row["reader"] for row in bob.get("/api/learner/readings/").json()["results"]] == ["Sam", "Ines"]
    assert "/my-learning/readers/" in bob.get("/settings/").content.decode()


def test_another_courses_learner_and_instructor_find_nothing_by_hand_made_requests(
    ines, igor, bob, course, other_course, silent
):
    """Igor, with every id of Ines's course, and with Bob's id under his own course."""
    enrolled(a_user("elsewhere@example.org"), other_course)
    bodies = {
        "notes/": {"note": "N"}, "encourage/": {}, "offer-help/": {},
        f"flags/{silent.pk}/snooze/": {"until": "2100-01-01"}, f"flags/{silent.pk}/dismiss/": {},
    }  # fmt: skip
    for at in (course, other_course):
        for path, body in bodies.items():
            assert igor.post(api(at, f"{bob.user.pk}/{path}"), body).status_code == 404, path
        for path in ("write/", "send/", "act/"):
            answer = igor.submit(page(at, f"students/{bob.user.pk}/{path}"), {"act": "note", "note": "N", "text": "T"})
            assert answer.status_code in {404, 405}, path
        assert igor.get(page(at, f"students/{bob.user.pk}/")).status_code == 404
    assert igor.submit(page(course, "help/settings/save/"), {"stuck_days": 3}).status_code == 404
    assert bob.submit(page(course, f"students/{bob.user.pk}/act/"), {"act": "note", "note": "N"}).status_code == 403
    assert not Outreach.objects.exists()
    assert not StudentNote.objects.exists()


def test_a_course_asks_when_its_instructors_say_so(ines, bob, course, silent, today):
    save = page(course, "help/settings/save/")
    whole = {"inactive_days": 20, "stuck_days": 14, "failed_attempts": 3, "topic_questions": 5, "rushing_percent": 30,
             "grace_days": 7, "head_start": 0}  # fmt: skip
    assert "less than or equal to 365" in ines.submit(save, {**whole, "stuck_days": 999}).content.decode()
    assert ines.submit(save, whole).status_code == 302
    assert ines.get(f"/api/instructor/courses/{course.pk}/risk/").json()["inactive_days"] == 20
    assert 'value="20"' in ines.get(page(course, "help/settings/")).content.decode()
    judge_day(course, today, at=timezone.now())
    assert RiskFlag.objects.get().cleared_on == today
    assert RiskSnapshot.objects.filter(day=today, is_flagged=True).count() == 0


def test_pages_without_anybody_say_what_to_do(ines, course):
    assert "No learners yet" in ines.get(page(course, "students/")).content.decode()
    assert "Nobody has looked yet" in ines.get(page(course, "help/")).content.decode()
    judge_day(course, dt.date(2026, 1, 1), at=timezone.now())
    assert "Not enough data" in ines.get(page(course, "help/")).content.decode()
    assert ines.get(api(course, "at-risk/")).json()["students"] == []
    assert Course.objects.filter(pk=course.pk).exists()
    assert not StudentLine.objects.exists()


def studied_at(learner, course, hour, seconds):
    from learning.models import StudyTime

    day = day_at(hour, learner.time_zone)
    StudyTime.objects.create(
        learner=learner,
        course=course,
        lesson=lessons_of(course)[0],
        hour=hour,
        day=day,
        course_day=hour.date(),
        seconds=seconds,
    )


def ask(talk, text, *, lesson):
    import uuid

    question = Message.objects.create(
        conversation=talk,
        course=talk.course,
        asker=talk.asker,
        role="user",
        content=text,
        client_message_id=uuid.uuid4(),
    )
    Message.objects.create(
        conversation=talk, course=talk.course, asker=talk.asker, role="assistant", content="So.", answers=question,
        citations=[{"lesson": lesson.pk, "title": lesson.title, "url": "/"}],
    )  # fmt: skip
