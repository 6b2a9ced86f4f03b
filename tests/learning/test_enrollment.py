"""Taking up a course, leaving it, coming back."""

from django.utils import timezone

from learning.models import Enrollment
from learning.services.enrollment import enroll, leave
from tests.builders import enrolled


def test_enrolling_twice_leaves_one_place(alice, course):
    first, is_new, _ = enroll(learner=alice.user, course=course, at=timezone.now())
    again, is_new_again, effects = enroll(learner=alice.user, course=course, at=timezone.now())
    assert (is_new, is_new_again, effects) == (True, False, [])
    assert first == again
    assert Enrollment.objects.count() == 1
    assert again.required_lessons == 2


def test_coming_back_finds_everything_kept(alice, course):
    before = enrolled(alice.user, course)
    assert leave(learner=alice.user, course=course, at=timezone.now())
    assert not leave(learner=alice.user, course=course, at=timezone.now())
    assert enrolled(alice.user, course).pk == before.pk
    assert Enrollment.objects.get().left_at is None
