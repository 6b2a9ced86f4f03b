"""How the demo's learners are made: at any hour, in any number, each visit as it could have happened."""

import datetime as dt
from collections import defaultdict
from random import Random

import pytest
from django.core.management import call_command
from django.db.models import Count

from config.demo import load
from learning.demo.journal import Journal, Path
from learning.demo.load import demo_in_a_line
from learning.demo.names import somebody
from learning.kinds import LessonKind
from learning.models import Course, Enrollment, LessonProgress, Outbox, PracticeAttempt, StudyTime, User
from notifications.kinds import Kind
from notifications.models import Delivery
from notifications.services.routing import DELIVER
from notifications.services.telling import Message, tell
from tests.builders import a_user

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 3, 30, 15, 37, 12, 345678, tzinfo=dt.UTC)


@pytest.mark.parametrize("hour", [0, 11, 23])
def test_it_loads_at_any_hour_and_the_start_screen_counts_the_people(hour):
    at = AT.replace(hour=hour, minute=0, second=1)
    load(at=at, learners=10)
    assert not LessonProgress.objects.filter(last_seen_at__gt=at).exists()
    assert demo_in_a_line() == "12 learners, 90 days of activity"


def test_the_command_takes_a_number_of_learners(capsys):
    call_command("demo", learners=3)
    assert User.objects.filter(is_staff=False).count() == 5
    call_command("demo", learners=3)
    assert "The demo is there." in capsys.readouterr().out


def test_people_differ():
    load(at=AT, learners=80)
    places = Enrollment.objects.all()
    assert places.filter(first_activity_at=None).exists()
    assert places.filter(completed_at__isnull=False).exists()
    assert places.filter(first_activity_at__isnull=False, completed_at=None).exists()
    assert PracticeAttempt.objects.finished().filter(passed=False).exists()
    names = defaultdict(int)
    for user in User.objects.all():
        names[user.display_name] += 1
    assert set(names.values()) == {1}
    active = StudyTime.objects.order_by().values("learner").annotate(days=Count("day", distinct=True))
    assert {True, False} == {row["days"] > 10 for row in active}


def test_nobody_gets_a_name_twice():
    taken: set[str] = set()
    dice = Random(3)
    names = [somebody(dice, taken)[0] for _ in range(500)]
    assert len(set(names)) == 500


def test_a_film_leaves_its_ranges_its_minutes_and_its_completion():
    """Seen to 1:40, stopped; then to the end; then the beginning again."""
    course = Course.objects.create(title="Film", slug="film")
    module = course.modules.create(title="One")
    lesson = module.lessons.create(course=course, kind=LessonKind.VIDEO, title="V", slug="v", duration_seconds=180)
    journal, path = Journal(User.objects.create(email="v@example.org")), Path(course, (lesson,), {})
    journal.enroll(path, AT)
    journal.watch(path, lesson, AT, (0.0, 100.0), 110)
    assert not journal.is_done(lesson)
    journal.watch(path, lesson, AT + dt.timedelta(hours=1), (100.0, 180.0), 90)
    assert journal.is_done(lesson)
    journal.watch(path, lesson, AT + dt.timedelta(hours=2), (0.0, 70.0), 80)
    mine = journal.progress[lesson.pk]
    assert (mine.ranges, float(mine.coverage), mine.seconds) == ([[0.0, 180.0]], 100.0, 280)
    assert dict(journal.plays) == {(lesson.pk, 0): 2, (lesson.pk, 1): 3, (lesson.pk, 2): 1}
    assert dict(journal.rewatches) == {(lesson.pk, 0): 1, (lesson.pk, 1): 1}
    assert dict(journal.stops) == {(lesson.pk, 1): 2}


def test_a_visit_over_midnight_is_on_two_days_and_in_the_hours_that_it_touched():
    """In Kathmandu midnight is at 18:15 UTC; in Lisbon, where the course is, it is evening."""
    course = Course.objects.create(title="Night", slug="night", time_zone="Europe/Lisbon")
    lesson = course.modules.create(title="One").lessons.create(course=course, title="L", slug="l")
    learner = User.objects.create(email="k@example.org", time_zone="Asia/Kathmandu")
    journal, path = Journal(learner), Path(course, (lesson,), {})
    journal.enroll(path, AT)
    journal.visit(path, lesson, dt.datetime(2026, 3, 10, 17, 50, tzinfo=dt.UTC), 40 * 60)
    rows = [(row.hour.hour, row.day.day, row.course_day.day, row.seconds // 60) for row in journal.study_time()]
    assert rows == [(17, 10, 10, 10), (18, 10, 10, 15), (18, 11, 10, 15)]


def test_nobody_is_written_to_about_what_was_made_up_and_whoever_is_here_already_is():
    here = a_user("nia@school.example")
    tell([Message(here, Kind.CERTIFICATE, "mine", "You finished Stones", AT)])
    assert load(at=AT, learners=30)
    assert list(Delivery.objects.on_the_way().values_list("recipient", flat=True)) == [here.pk]
    assert Outbox.objects.filter(kind=DELIVER).count() == 1
    assert Delivery.objects.filter(kind="certificate").count() > 1
