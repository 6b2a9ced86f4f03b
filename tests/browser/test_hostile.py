"""In a real browser: nothing that people wrote runs, and no page needs what the content policy refuses."""

from __future__ import annotations

from django.utils import timezone

from learning.models import Course
from learning.services.structure import structure_changed
from tests.builders import a_lesson, a_practice, a_question, enrolled
from tests.hostile import SCRIPTS, hostile


def test_nothing_that_people_wrote_runs(browse, alice, course, faults):
    module = course.modules.get()
    for n, text in enumerate(hostile()):
        if text.strip():
            a_lesson(module, title=text[:150], slug=f"h-{n}", body=f"words {n}", count=False)
    a_lesson(module, title="All", slug="all", body="\n\n".join(hostile()), count=False)
    for n, text in enumerate(SCRIPTS):
        a_lesson(module, title=f"Alone {n}", slug=f"alone-{n}", body=text, count=False)
    quiz = a_practice(module, questions=0)
    for text in SCRIPTS:
        a_question(quiz, text, [text, "no"], right=[0])
    Course.objects.filter(pk=course.pk).update(title=SCRIPTS[0], subtitle=SCRIPTS[1], description="\n\n".join(SCRIPTS))
    structure_changed(course, at=timezone.now())
    enrolled(alice.user, course)
    alice.patch("/api/me/", {"display_name": SCRIPTS[1]})

    page = browse(alice)
    ran, outside = [], []
    page.on("dialog", lambda dialog: (ran.append(page.url), dialog.dismiss()))
    page.on("request", lambda request: outside.append(request.url) if "evil.example" in request.url else None)
    alone = [f"/courses/stones/lessons/alone-{n}/" for n in range(len(SCRIPTS))]
    for path in ["/courses/stones/", "/courses/stones/progress/", "/my-learning/", "/settings/", "/courses/stones/lessons/all/",
                 f"/courses/stones/lessons/{quiz.slug}/", *alone]:  # fmt: skip
        page.goto(path)
        page.wait_for_load_state("load")
    page.wait_for_timeout(300)
    assert ran == []
    assert outside == []
    assert faults == []
