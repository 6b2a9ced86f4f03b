"""What the admin does for an author in the browser."""

from __future__ import annotations

from learning.demo.courses import MEDIA
from learning.models import Lesson
from tests.builders import a_lesson


def test_the_length_of_a_video_is_read_from_the_chosen_file(browse, ines, course, faults):
    lesson = a_lesson(course.modules.get(), title="Film", kind="video")
    page = browse(ines)
    page.goto(f"/admin/learning/lesson/{lesson.pk}/change/")
    page.set_input_files("#id_video_file", MEDIA / "finding-your-way" / "a-bearing-in-four-steps.webm")
    page.wait_for_function("document.getElementById('id_duration_seconds').value > 0")
    page.locator("[name=_save]").click()
    page.wait_for_url("**/admin/learning/lesson/")
    assert Lesson.objects.get(pk=lesson.pk).duration_seconds == 48
    assert faults == []
