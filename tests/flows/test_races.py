"""Many at once: one completion, one payment, one badge, one certificate. Real threads on a real database."""

from __future__ import annotations

import datetime as dt
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.test import Client
from django.utils import timezone

from gamification.models import (
    ActiveDay,
    Challenge,
    ChallengeTemplate,
    EarnedBadge,
    Milestone,
    Pause,
    Profile,
    XPEntry,
)
from gamification.services.rebuild import rebuild_streaks, rebuild_xp
from gamification.services.streaks import mark_active
from gamification.services.xp import pay
from learning.beats import milliseconds
from learning.kinds import Beat
from learning.models import (
    Certificate,
    ClientSession,
    Enrollment,
    LearningSession,
    Lesson,
    LessonProgress,
    StudyClock,
    StudyTime,
)
from learning.services import idempotency
from learning.services.completion import complete_lesson
from learning.services.rebuild import rebuild_progress, recount_seconds
from learning.services.structure import move_lesson, structure_changed
from learning.services.tracking import record_beats
from notifications.models import Notification
from notifications.services.inbox import read
from tests.builders import a_beat, a_course, a_lesson, a_practice, enrolled, lessons_of, notify

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
URL = "/api/learner/track-lesson/"


def at_once(n: int, act: Callable[[int], Any]) -> list[Any]:
    """`n` threads that start together, each with connections of its own."""
    barrier = threading.Barrier(n)

    def run(k: int) -> Any:
        barrier.wait()
        try:
            return act(k)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(n) as pool:
        return list(pool.map(run, range(n)))


def browser(user) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_fifty_completions_of_a_last_lesson_at_once(alice, ines):
    course = a_course(ines.user, lessons=1)
    enrolled(alice.user, course)
    (lesson,) = lessons_of(course)
    clients = [browser(alice.user) for _ in range(50)]
    earned = EarnedBadge.objects.count()
    answers = at_once(
        50, lambda k: clients[k].post(URL, a_beat(lesson, seconds=1, completed=True), content_type="application/json")
    )
    assert {a.status_code for a in answers} == {200}
    assert LessonProgress.objects.exclude(completed_at=None).count() == 1
    assert sorted(XPEntry.objects.values_list("rule", "amount")) == [
        ("course_completed", 100),
        ("lesson_completed", 10),
    ]
    keys = sorted(EarnedBadge.objects.values_list("badge__key", flat=True))
    assert keys == ["course_conqueror", "explorer", "first_steps", "speed_demon"]
    assert EarnedBadge.objects.count() == earned + 3
    assert Certificate.objects.count() == 1
    assert ActiveDay.objects.count() == 1
    assert LearningSession.objects.count() == 1
    assert Profile.objects.get().xp == 110
    place = Enrollment.objects.get()
    assert (place.completed_lessons, place.percent, bool(place.completed_at)) == (1, 100, True)
    assert sum(a.json()["xp_awarded"] for a in answers) == 110
    told = sorted(Notification.objects.values_list("kind", "key"))
    certificate = ("certificate", str(Certificate.objects.get().uuid))
    welcome = ("welcome", str(place.course_id))
    assert told == sorted([*(("badge", key) for key in keys), ("level", "2"), certificate, welcome])


def test_different_lessons_completed_at_once_finish_the_course(alice, ines):
    course = a_course(ines.user, lessons=8)
    enrolled(alice.user, course)
    lessons = lessons_of(course)
    clients = [browser(alice.user) for _ in lessons]
    at_once(
        8,
        lambda k: clients[k].post(URL, a_beat(lessons[k], seconds=1, completed=True), content_type="application/json"),
    )
    place = Enrollment.objects.get()
    assert (place.completed_lessons, bool(place.completed_at)) == (8, True)
    assert Profile.objects.get().xp == 8 * 10 + 100


def test_fifty_beats_at_once_credit_no_more_than_has_passed(alice, ines):
    course = a_course(ines.user)
    enrolled(alice.user, course)
    (lesson, _) = lessons_of(course)
    clients = [browser(alice.user) for _ in range(16)]
    answers = at_once(
        16,
        lambda k: [clients[k].post(URL, a_beat(lesson, seconds=60), content_type="application/json") for _ in range(3)],
    )
    credited = [one.json()["credited_seconds"] for some in answers for one in some]
    facts = sum(StudyTime.objects.values_list("seconds", flat=True))
    assert facts == sum(credited) == Enrollment.objects.get().seconds
    assert facts <= 60 + 30  # the first one, and the seconds that the others took


def test_fifty_beats_at_once_replayed_reordered_and_from_the_future_credit_no_more_than_has_passed(alice, ines):
    """Every tenth is the same beat again, each tab's numbers run backwards, and a third say that it is tomorrow."""
    course = a_course(ines.user)
    place = enrolled(alice.user, course, at=timezone.now() - dt.timedelta(seconds=3))
    (lesson, _) = lessons_of(course)
    record_beats(learner=alice.user, beats=[Beat(lesson.pk, str(uuid.uuid4()), 1, 0)], at=place.started_at)
    StudyClock.objects.update(credited_until=milliseconds(place.started_at))
    clients = [browser(alice.user) for _ in range(50)]
    same, tabs = str(uuid.uuid4()), [str(uuid.uuid4()) for _ in range(5)]
    tomorrow = (timezone.now() + dt.timedelta(days=1)).isoformat()

    def beat(k: int) -> dict[str, Any]:
        tab, seq = (same, 1) if k % 10 == 0 else (tabs[k % 5], 50 - k)
        return a_beat(lesson, session=tab, seq=seq, seconds=60, **({"recorded_at": tomorrow} if k % 3 == 0 else {}))

    answers = at_once(50, lambda k: clients[k].post(URL, beat(k), content_type="application/json"))
    passed = (timezone.now() - place.started_at).total_seconds()
    assert {answer.status_code for answer in answers} == {200}
    credited = [answer.json()["credited_seconds"] for answer in answers]
    assert sum(1 for k in range(0, 50, 10) if credited[k]) <= 1
    assert sums() == [sum(credited)] * 4
    assert 3 <= sum(credited) <= passed
    assert set(StudyTime.objects.values_list("day", flat=True)) <= {alice.user.day_at(at) for at in
                                                                     (place.started_at, timezone.now())}  # fmt: skip
    print(f"credited={sum(credited)}s passed={passed:.1f}s beats=50")


def test_the_same_beat_sent_by_many_counts_once(alice, ines):
    course = a_course(ines.user)
    enrolled(alice.user, course)
    beat = a_beat(lessons_of(course)[0], session=str(uuid.uuid4()))
    clients = [browser(alice.user) for _ in range(10)]
    answers = at_once(10, lambda k: clients[k].post(URL, beat, content_type="application/json"))
    assert sorted(a.json()["credited_seconds"] for a in answers) == [0] * 9 + [30]
    assert ClientSession.objects.count() == 1


def test_an_attempt_finished_by_many_at_once_is_scored_once(alice, ines):
    course = a_course(ines.user)
    quiz = a_practice(course.modules.get())
    enrolled(alice.user, course)
    clients = [browser(alice.user) for _ in range(10)]
    started = at_once(
        10, lambda k: clients[k].post("/api/practice/", {"lesson": quiz.pk}, content_type="application/json")
    )
    assert len({a.json()["id"] for a in started}) == 1
    url = f"/api/practice/{started[0].json()['id']}/finish/"
    body = {"answers": {str(q.pk): q.choices.get(is_correct=True).pk for q in quiz.questions.all()}}
    answers = at_once(10, lambda k: clients[k].post(url, body, content_type="application/json"))
    assert {a.status_code for a in answers} == {200}
    assert sum(a.json()["xp_awarded"] for a in answers) == 15
    assert LearningSession.objects.count() == 1


def test_a_notification_read_by_many_at_once_is_read_once(alice):
    notify([Notification(learner=alice.user, kind="level", key="2", title="Level 2", created_at=timezone.now())])
    row = Notification.objects.get()
    assert sorted(at_once(8, lambda k: read(row, at=timezone.now()))) == [False] * 7 + [True]
    clients = [browser(alice.user) for _ in range(8)]
    paths = [f"/api/notifications/{row.pk}/read/", "/api/notifications/read-all/"]
    answers = at_once(8, lambda k: clients[k].post(paths[k % 2], content_type="application/json"))
    assert {(a.status_code, a.json()["unread"]) for a in answers} == {(200, 0)}


def test_the_same_thing_told_by_many_at_once_is_told_once(alice):
    def tell(k: int) -> int:
        rows = [
            Notification(learner=alice.user, kind="level", key=str(n), title=f"By {k}", created_at=timezone.now())
            for n in (1, 2, 3)
        ]
        return len(notify(rows))

    assert sum(at_once(10, tell)) == 3
    assert Notification.objects.count() == 3


@pytest.fixture
def on_postgresql():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite writes one transaction after the other")


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
        return cursor.fetchone()[0]


def while_open(first: Callable[[], Any], second: Callable[[], Any]) -> None:
    """`second` begins while the transaction of `first` is open, and waits for it to end."""
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            first()
            waiting = pool.submit(lambda: at_once(1, lambda _: second()))
            deadline = time.monotonic() + 10
            while not somebody_waits() and not waiting.done() and time.monotonic() < deadline:
                pass
        waiting.result(timeout=10)


def test_a_lesson_added_while_another_is_completed_loses_no_completion(on_postgresql, alice, ines):
    course = a_course(ines.user)
    place = enrolled(alice.user, course)
    one, _two = lessons_of(course)
    now = timezone.now()
    while_open(
        lambda: complete_lesson(enrollment=place, lesson=one, at=now),
        lambda: a_lesson(course.modules.get(), title="Added"),
    )
    place.refresh_from_db()
    assert (place.completed_lessons, place.required_lessons, float(place.percent)) == (1, 3, 33.33)


def test_a_lesson_completed_while_it_is_unpublished_does_not_count(on_postgresql, alice, ines):
    course = a_course(ines.user)
    place = enrolled(alice.user, course)
    one, _two = lessons_of(course)
    browse = browser(alice.user)

    def unpublish() -> None:
        Lesson.objects.filter(pk=one.pk).update(is_published=False)
        structure_changed(course, at=timezone.now())

    while_open(unpublish, lambda: browse.post(one.get_absolute_url()))
    place.refresh_from_db()
    assert (place.completed_lessons, place.required_lessons, place.completed_at) == (0, 1, None)
    assert not Certificate.objects.exists()


def test_a_course_that_changes_while_its_learners_work_stops_nobody(alice, bob, ines):
    """Lessons are added and moved while two learners complete, leave and return; no count is lost."""
    course, other = a_course(ines.user, lessons=6), a_course(ines.user, title="Other")
    for person in (alice, bob):
        enrolled(person.user, course)
        enrolled(person.user, other)
    lessons = lessons_of(course)
    homes = [other.modules.get(), course.modules.get()]
    clients = [browser(person.user) for person in (alice, bob) * 2]

    def learn(client: Client) -> list[int]:
        beats = [a_beat(lesson, completed=True, seconds=1) for lesson in lessons]
        answers = [client.post(URL, beat, content_type="application/json") for beat in beats]
        place = f"/api/courses/{course.pk}/enrollment/"
        return [
            a.status_code for a in (*answers, client.delete(place), client.post(place, content_type="application/json"))
        ]

    def change(k: int) -> list[int]:
        for n in range(4):
            if k == 4:
                a_lesson(homes[1], title=f"Added {n}")
            else:
                move_lesson(Lesson.objects.get(pk=lessons[5].pk), to=homes[n % 2], at=timezone.now())
        return []

    answers = at_once(6, lambda k: learn(clients[k]) if k < 4 else change(k))
    assert {status for some in answers for status in some} <= {200, 204, 403}
    counted = list(Enrollment.objects.order_by("pk").values("completed_lessons", "required_lessons", "percent"))
    rebuild_progress(at=timezone.now())
    assert list(Enrollment.objects.order_by("pk").values(*counted[0])) == counted


SUMS = {Enrollment: "seconds", LessonProgress: "seconds", StudyClock: "day_seconds"}


def sums() -> list[int]:
    """The cached sums of study time and their facts, of the one learner and lesson that there are: all the same."""
    facts = sum(StudyTime.objects.values_list("seconds", flat=True))
    return [facts, *(getattr(model.objects.get(), field) for model, field in SUMS.items())]


@pytest.mark.parametrize("wrong", SUMS)
def test_a_beat_beside_a_recount_is_in_the_fact_and_in_the_sum(on_postgresql, alice, ines, wrong):
    """The sum is wrong, and is counted anew while a beat is under way: the count waits for it and has it in."""
    course = a_course(ines.user)
    enrolled(alice.user, course)
    (lesson, _) = lessons_of(course)
    at = timezone.now()
    beats = [Beat(lesson.pk, str(uuid.uuid4()), 1, 30) for _ in range(2)]
    record_beats(learner=alice.user, beats=beats[:1], at=at - dt.timedelta(minutes=1))
    wrong.objects.update(**{SUMS[wrong]: 7})
    while_open(lambda: record_beats(learner=alice.user, beats=beats[1:], at=at), recount_seconds)
    assert sums() == [60] * 4


@pytest.mark.parametrize("wrong", SUMS)
def test_a_beat_that_waits_for_a_recount_is_added_to_it(on_postgresql, alice, ines, wrong):
    course = a_course(ines.user)
    enrolled(alice.user, course)
    (lesson, _) = lessons_of(course)
    at = timezone.now()
    beats = [Beat(lesson.pk, str(uuid.uuid4()), 1, 30) for _ in range(2)]
    record_beats(learner=alice.user, beats=beats[:1], at=at - dt.timedelta(minutes=1))
    wrong.objects.update(**{SUMS[wrong]: 7})
    while_open(recount_seconds, lambda: record_beats(learner=alice.user, beats=beats[1:], at=at))
    assert sums() == [60] * 4


def test_beats_while_everything_is_counted_again_and_again_lose_no_second(alice, bob, ines):
    course = a_course(ines.user)
    people = [alice.user, bob.user]
    for person in people:
        enrolled(person, course)
    lesson = lessons_of(course)[0]
    began = timezone.now() - dt.timedelta(hours=1)
    tabs = [str(uuid.uuid4()) for _ in people]

    def act(k: int) -> None:
        for n in range(12):
            if k < 2:
                at = began + dt.timedelta(seconds=30 * n)
                record_beats(learner=people[k], beats=[Beat(lesson.pk, tabs[k], n + 1, 30)], at=at)
            else:
                LessonProgress.objects.update(seconds=1)
                recount_seconds()

    at_once(3, act)
    recount_seconds()
    for person in people:
        facts = sum(StudyTime.objects.filter(learner=person).values_list("seconds", flat=True))
        cached = [model.objects.get(learner=person) for model in (Enrollment, LessonProgress)]
        assert [facts, *(row.seconds for row in cached)] == [360] * 3


def test_xp_paid_while_totals_are_summed_anew_is_in_both(on_postgresql, alice):
    at = timezone.now()

    def a_payment(n: int) -> None:
        pay(learner=alice.user, rule="challenge_claimed", source=f"challenge:{n}", amount=20, reason="Met", at=at,
            day=at.date())  # fmt: skip

    a_payment(1)
    Profile.objects.update(xp=7)
    while_open(lambda: a_payment(2), rebuild_xp)
    assert Profile.objects.get().xp == 40
    Profile.objects.update(xp=7)
    while_open(rebuild_xp, lambda: a_payment(3))
    assert Profile.objects.get().xp == 60


def test_a_day_that_becomes_active_while_streaks_are_walked_anew_is_in_the_run(on_postgresql, alice):
    at = timezone.now()
    first = at.date() - dt.timedelta(days=3)

    def a_day(n: int) -> None:
        mark_active(learner=alice.user, day=first + dt.timedelta(days=n), at=at)

    a_day(0)
    while_open(lambda: a_day(1), rebuild_streaks)
    while_open(rebuild_streaks, lambda: a_day(2))
    profile = Profile.objects.get()
    assert (profile.run, profile.longest_streak, profile.last_active_day) == (3, 3, first + dt.timedelta(days=2))


def test_the_first_day_of_all_survives_a_rebuild_beside_it(on_postgresql, alice):
    at = timezone.now()
    Profile.objects.create(learner=alice.user, longest_streak=4)  # wrong, so that the rebuild is after it
    while_open(lambda: mark_active(learner=alice.user, day=at.date(), at=at), rebuild_streaks)
    assert Profile.objects.get().run == 1


def test_two_claims_of_a_challenge_at_once_pay_once(alice, course):
    enrolled(alice.user, course)
    ChallengeTemplate.objects.exclude(key="one_session").update(is_active=False)
    client = browser(alice.user)
    client.post(URL, a_beat(lessons_of(course)[0], seconds=1, completed=True), content_type="application/json")
    (challenge,) = client.get("/api/gamification/profile/").json()["challenges"]
    clients = [browser(alice.user) for _ in range(10)]
    path = f"/api/gamification/challenges/{challenge['id']}/claim/"
    answers = at_once(10, lambda k: clients[k].post(path, {}, content_type="application/json"))
    assert sorted(a.status_code for a in answers) == [200] + [409] * 9
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {"already_claimed"}
    assert XPEntry.objects.filter(rule="challenge_claimed").count() == 1
    assert Profile.objects.get().xp == sum(XPEntry.objects.values_list("amount", flat=True))


def test_ten_first_looks_of_a_day_at_once_give_three_challenges(alice):
    clients = [browser(alice.user) for _ in range(10)]
    answers = at_once(10, lambda k: clients[k].get("/api/gamification/profile/").json()["challenges"])
    assert all(answer == answers[0] and len(answer) == 3 for answer in answers)
    assert Challenge.objects.count() == 3


def test_sessions_in_two_courses_at_once_miss_no_milestone(alice, ines):
    """Each counts the other: whichever comes second passes the second milestone."""
    courses = [a_course(ines.user, title=f"At once {n}", lessons=1) for n in range(3)]
    for course in courses:
        enrolled(alice.user, course)
    clients = [browser(alice.user) for _ in courses]
    lessons = [lessons_of(course)[0] for course in courses]
    at_once(3, lambda k: clients[k].post(URL, a_beat(lessons[k], completed=True), content_type="application/json"))
    assert sorted(Milestone.objects.values_list("key", flat=True)) == ["daily_goal", "first_session"]


def test_vacations_planned_at_once_stay_within_thirty_days(alice):
    def plan(k: int) -> int:
        first = alice.user.day_at(timezone.now()) + dt.timedelta(days=2 + 8 * k)
        body = {"first_day": str(first), "last_day": str(first + dt.timedelta(days=7))}
        return clients[k].post("/api/gamification/vacations/", body, content_type="application/json").status_code

    clients = [browser(alice.user) for _ in range(8)]
    at_once(8, plan)
    pauses = list(Pause.objects.filter(kind="vacation"))
    assert pauses
    assert all(sum(p.days_in(year) for p in pauses) <= 30 for year in (2026, 2027, 2028))


def test_the_same_request_while_it_is_at_work_waits_and_is_given_the_answer(on_postgresql, alice):
    answers = []
    sent = {"content_type": "application/json", "headers": {"Idempotency-Key": "a-key"}}
    first = alice.user.day_at(timezone.now()) + dt.timedelta(days=9)
    body = {"first_day": str(first), "last_day": str(first)}
    clients = [browser(alice.user) for _ in range(2)]

    def plan(k: int) -> None:
        answers.append(clients[k].post("/api/gamification/vacations/", body, **sent))

    while_open(lambda: plan(0), lambda: plan(1))
    assert [a.status_code for a in answers] == [201, 201]
    assert answers[0].content == answers[1].content
    assert Pause.objects.count() == 1


def test_the_same_request_is_told_to_come_back_when_the_first_takes_too_long(on_postgresql, alice, monkeypatch):
    monkeypatch.setattr(idempotency, "WAIT_MS", 50)
    sent = {"content_type": "application/json", "headers": {"Idempotency-Key": "a-key"}}
    clients = [browser(alice.user) for _ in range(2)]
    with transaction.atomic():
        assert clients[0].post("/api/notifications/read-all/", {}, **sent).status_code == 200
        (second,) = at_once(1, lambda _: clients[1].post("/api/notifications/read-all/", {}, **sent))
    assert (second.status_code, second.json()["code"]) == (409, "still_at_work")
    assert clients[1].post("/api/notifications/read-all/", {}, **sent).status_code == 200
