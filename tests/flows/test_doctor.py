"""The doctor names whatever is wrong, repairs what can be counted anew, and is content with what is right."""

from __future__ import annotations

import datetime as dt
import io
import re
import uuid

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from analytics.models import CourseDay, StudentLine
from analytics.services.rollups import rebuild
from chat.models import Conversation, CourseIndex, Message, Passage
from chat.services.passages import count_words
from gamification.models import ActiveDay, EarnedBadge, Profile, XPEntry
from learning import doctor, outbox
from learning.models import (
    Certificate,
    ClientSession,
    Course,
    Enrollment,
    LearningSession,
    Lesson,
    LessonProgress,
    Outbox,
    StudyClock,
    StudyTime,
)
from notifications.models import Announcement, LiveEvent, Notification
from tests.builders import Person, a_beat, a_course, a_practice, a_user, enrolled, lessons_of
from tests.ledgers import unguarded

URL = "/api/learner/track-lesson/"
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


def examine(*words: str) -> tuple[int, str]:
    """The exit code and what was said."""
    said = io.StringIO()
    try:
        call_command("doctor", *words, stdout=said, no_color=True)
    except SystemExit as ended:
        return ended.code, said.getvalue()
    return 0, said.getvalue()


def named(said: str) -> set[str]:
    """The keys of what was broken or warned of."""
    return set(re.findall(r"^(?:broken |warning) (\S+):", said, re.MULTILINE))


@pytest.fixture
def lived_in(alice, course, at_alice):
    """Alice has finished a course of two lessons, studied, practised and asked; everything is counted."""
    quiz = a_practice(course.modules.get())
    for lesson in lessons_of(course):
        alice.post(URL, a_beat(lesson, seconds=30, completed=True))
    attempt = alice.post("/api/practice/", {"lesson": quiz.pk}).json()["id"]
    answers = {str(q.pk): q.choices.get(is_correct=True).pk for q in quiz.questions.all()}
    alice.post(f"/api/practice/{attempt}/finish/", {"answers": answers})
    a_conversation(alice.user, course)
    outbox.drain()
    assert Enrollment.objects.get().completed_at
    return course


def a_conversation(asker, course):
    row = Conversation.objects.create(
        course=course, asker=asker, title="Stones?", message_count=1, last_message_at=timezone.now()
    )
    Message.objects.create(
        conversation=row,
        course=course,
        asker=asker,
        role="user",
        content="What are stones?",
        client_message_id=uuid.uuid4(),
    )


def test_what_is_right_is_told_so_in_one_line_at_the_end(lived_in):
    code, said = examine()
    assert (code, named(said)) == (0, set())
    number = len(doctor.checks())
    assert number >= 25
    assert said.splitlines()[-1] == f"doctor: {number} checks, 0 broken, 0 warnings"


def an_outbox_row(**fields):
    now = timezone.now()
    Outbox.objects.create(
        key=str(uuid.uuid4()), kind="learning.forget", **{"created_at": now, "run_at": now - 2 * HOUR, **fields}
    )


def every(model, **values):
    return lambda: model.objects.update(**values)


def none_of(model):
    return lambda: model.objects.all().delete()


def a_second_less(model):
    return lambda: [model.objects.filter(pk=row.pk).update(seconds=row.seconds - 1) for row in model.objects.all()]


def a_wrong_day():
    """A day of last week, counted, and then not what its facts say."""
    last_week = timezone.now() - 8 * DAY
    Enrollment.objects.update(started_at=last_week)
    StudyTime.objects.update(course_day=last_week.date())
    rebuild(at=timezone.now(), told=lambda done, of: None)
    assert CourseDay.objects.update(seconds=1)


REPAIRED = {
    "learning.enrollment_seconds": a_second_less(Enrollment),
    "learning.lesson_seconds": every(LessonProgress, seconds=9999),
    "learning.clock_seconds": every(StudyClock, day_seconds=1),
    "learning.course_counts": every(Course, lessons_count=7),
    "learning.enrollment_counts": every(Enrollment, percent=12.34),
    "learning.unfinished": every(Enrollment, completed_at=None),
    "learning.sessions": none_of(LearningSession),
    "learning.certificates": none_of(Certificate),
    "chat.passages": every(Passage, digest="other"),
    "chat.words": every(CourseIndex, passages=0),
    "chat.messages": every(Conversation, message_count=5),
    "gamification.xp": every(Profile, xp=1),
    "gamification.active_days": none_of(ActiveDay),
    "gamification.streaks": every(Profile, run=3, longest_streak=9),
    "analytics.course_days": a_wrong_day,
    "analytics.lines": none_of(StudentLine),
}


@pytest.mark.parametrize("key", REPAIRED)
def test_a_wrong_cache_is_named_and_made_anew(lived_in, key):
    REPAIRED[key]()
    code, said = examine()
    assert code == 1
    assert key in named(said)
    code, said = examine("--repair")
    assert code == 0, said
    assert f"repaired {key}: nothing is left" in said
    assert examine()[0] == 0


def test_what_is_repaired_is_what_it_was(lived_in):
    kept = (Enrollment, LessonProgress, StudyClock, Course, Profile, Conversation)
    before = [list(model.objects.order_by("pk").values()) for model in kept]
    for key in ("learning.enrollment_seconds", "learning.lesson_seconds", "learning.clock_seconds", "gamification.xp",
                "learning.course_counts", "gamification.streaks", "chat.messages"):  # fmt: skip
        REPAIRED[key]()
    examine("--repair")
    assert [list(model.objects.order_by("pk").values()) for model in kept] == before


def move_out_of_course():
    lesson = Lesson.objects.order_by("pk").first()
    other = Course.objects.exclude(pk=lesson.course_id).first()
    Lesson.objects.filter(pk=lesson.pk).update(course=other, slug="elsewhere")


BROKEN = {
    "learning.lesson_course": move_out_of_course,
    "outbox.leases": lambda: an_outbox_row(lease_until=timezone.now() - HOUR),
    "outbox.dead": lambda: an_outbox_row(state="dead"),
    "outbox.waiting": an_outbox_row,
}


@pytest.mark.parametrize("key", BROKEN)
def test_what_no_counting_repairs_stays_broken(lived_in, other_course, key):
    BROKEN[key]()
    code, said = examine("--repair", "--only", key)
    assert (code, named(said)) == (1, {key})
    assert "repaired" not in said
    assert said.splitlines()[-1] == "doctor: 1 check, 1 broken, 0 warnings"


def an_old_notification():
    Notification.objects.create(
        learner=Profile.objects.get().learner,
        kind="certificate",
        key=str(uuid.uuid4()),
        title="Gone",
        created_at=timezone.now(),
    )


def an_announcement_held_up():
    long_ago = timezone.now() - DAY
    Announcement.objects.create(
        segment="everyone", title="Soon", message="At nine.", send_at=long_ago, created_at=long_ago
    )


def without_xp():
    with unguarded():
        XPEntry.objects.filter(rule="course_completed").delete()


WARNED = {
    "analytics.nights": every(Course, published_at=timezone.now() - 4 * DAY),
    "learning.kept": every(ClientSession, seen_at=timezone.now() - 9 * DAY),
    "gamification.unpaid": without_xp,
    "gamification.badges": none_of(EarnedBadge),
    "notifications.events": every(LiveEvent, created_at=timezone.now() - 4 * DAY),
    "notifications.certificates": an_old_notification,
    "notifications.announcements": an_announcement_held_up,
}


@pytest.mark.parametrize("key", WARNED)
def test_what_keeps_nobody_from_working_is_a_warning(lived_in, key):
    WARNED[key]()
    code, said = examine("--only", key)
    assert (code, named(said)) == (0, {key})
    assert said.splitlines()[-1] == "doctor: 1 check, 0 broken, 1 warning"


def test_every_check_has_been_seen_to_bite(lived_in):
    """Those of the installation below; all others above. A new check comes with its test."""
    examine()
    tried = {*REPAIRED, *BROKEN, *WARNED}
    assert {check.key for check in doctor.checks() if not check.key.startswith("config.")} == tried


def test_an_installation_that_reaches_nobody_is_warned_of(db, settings, tmp_path):
    settings.PRODUCTION, settings.SITE_URL = True, "http://localhost:8000"
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    settings.VAPID_PUBLIC_KEY, settings.VAPID_PRIVATE_KEY = "one", "another"
    settings.STATICFILES_DIRS, settings.STATIC_ROOT = [], tmp_path
    code, said = examine()
    assert code == 0
    assert {"config.mail", "config.site_url", "config.broker", "config.front_end", "config.push_keys"} <= named(said)
    assert "127.0.0.1:1" not in said  # an address may hold a password


def test_where_a_migration_is_missing_nothing_else_is_asked(db):
    from django.db.migrations.recorder import MigrationRecorder

    MigrationRecorder.Migration.objects.filter(app="notifications").order_by("-name").first().delete()
    code, said = examine()
    assert (code, named(said)) == (1, {"config.migrations"})


def test_ids_are_told_and_no_more_than_a_few(alice, ines):
    for n in range(8):
        a_course(ines.user, title=f"Course {n}")
    Course.objects.update(lessons_count=7)
    code, said = examine("--only", "learning.course_counts")
    first = ", ".join(str(pk) for pk in Course.objects.order_by("pk").values_list("pk", flat=True)[:5])
    assert (code, f"8 courses that do not show the lessons they have ({first}, …)" in said) == (1, True)


def test_a_key_that_is_none_is_refused_with_those_there_are(db):
    with pytest.raises(CommandError, match=r"no check nonsense.*learning.certificates"):
        examine("--only", "nonsense")


def test_a_lesson_without_words_has_no_passages_and_that_is_right(lived_in):
    Lesson.objects.filter(pk=lessons_of(lived_in)[0].pk).update(html="")
    Passage.objects.filter(lesson=lessons_of(lived_in)[0]).delete()
    count_words(lived_in.pk, at=timezone.now())
    assert examine("--only", "chat.passages")[0] == 0


def test_as_many_statements_for_many_learners_as_for_one(lived_in):
    def statements() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert examine()[0] == 0
        return len(asked)

    before = statements()
    for n in range(12):
        person = Person(a_user(f"reader{n}@example.org"))
        enrolled(person.user, lived_in)
        person.post(URL, a_beat(lessons_of(lived_in)[0], seconds=30, completed=True))
    assert statements() == before
