"""The pages of courses and lessons, for each who may open them."""

import re

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from learning.kinds import CourseState
from learning.models import Category, Course, Enrollment, Lesson, LessonProgress, LessonView, SubPage
from learning.services.completion import complete_lesson
from learning.services.structure import structure_changed
from tests.builders import a_course, a_lesson, a_module, a_practice, enrolled, lessons_of

BOOKKEEPING = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "ROLLBACK")


def text_of(answer) -> str:
    """What a page says, without its markup."""
    page = re.sub(r"<(script|style|template).*?</\1>", " ", answer.content.decode(), flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def asked_of_database(person, path: str) -> list[str]:
    """The statements of one page, without session, person and transaction marks."""
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert person.get(path).status_code == 200
    statements = [q["sql"] for q in seen.captured_queries]
    return [
        s
        for s in statements
        if not s.startswith(BOOKKEEPING)
        and 'FROM "django_session"' not in s
        and not re.search(r'FROM "learning_user" WHERE "learning_user"."id" = \S+ LIMIT 21$', s)
    ]


def lesson_path(lesson: Lesson) -> str:
    return lesson.get_absolute_url()


# --- front page and catalogue -----------------------------------------------------------------------------------


def test_front_page_leads_visitors_to_courses_and_learners_to_theirs(anonymous, alice, course):
    assert "Create an account" in text_of(anonymous.get("/"))
    assert "Go on with my learning" in text_of(alice.get("/"))


def test_catalogue_shows_published_courses_only(anonymous, course, ines):
    a_course(ines.user, title="Still secret", state=CourseState.DRAFT)
    a_course(ines.user, title="Long gone", state=CourseState.ARCHIVED)
    page = text_of(anonymous.get("/courses/"))
    assert "Stones" in page
    assert "Still secret" not in page
    assert "Long gone" not in page


def test_catalogue_finds_by_words_and_filters_and_says_what_is_set(anonymous, ines):
    shelf = Category.objects.create(name="Nature", slug="nature")
    a_course(ines.user, title="Moss and lichen", category=shelf, level="advanced")
    a_course(ines.user, title="Spreadsheets")
    page = text_of(anonymous.get("/courses/", {"search": "moss", "category": "nature", "level": "advanced"}))
    assert "Moss and lichen" in page
    assert "Spreadsheets" not in page
    assert "1 course" in page
    assert "“moss”" in page


def test_catalogue_that_finds_nothing_offers_a_way_back(anonymous, course):
    page = text_of(anonymous.get("/courses/", {"search": "quantum"}))
    assert "No course fits that" in page
    assert "Show all courses" in page


def test_catalogue_without_courses_says_what_will_be_there(anonymous):
    assert "No courses yet" in text_of(anonymous.get("/courses/"))


def test_unknown_filter_is_left_out_and_said(anonymous, course):
    page = text_of(anonymous.get("/courses/", {"level": "wizard"}))
    assert "One of the filters is not known here" in page
    assert "Stones" in page


@pytest.mark.parametrize("page", ["0", "-1", "99999", "x", "1\x00"])
def test_strange_page_numbers_still_show_courses(anonymous, course, page):
    assert "Stones" in text_of(anonymous.get("/courses/", {"page": page}))


def test_catalogue_pages_through_many_courses(anonymous, ines):
    for n in range(14):
        a_course(ines.user, title=f"Course {n:02}")
    assert "Page 1 of 2" in text_of(anonymous.get("/courses/"))
    assert "Course 13" in text_of(anonymous.get("/courses/", {"page": 2}))


def test_htmx_gets_the_results_alone(anonymous, course):
    part = anonymous.get("/courses/", headers={"HX-Request": "true"})
    assert b"<html" not in part.content
    assert b"Stones" in part.content
    assert "HX-Request" in part["Vary"]


def test_going_back_in_history_gets_the_whole_page(anonymous, course):
    whole = anonymous.get("/courses/", headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert b"<html" in whole.content


def test_enrolled_courses_are_marked(alice, at_alice):
    assert "Enrolled" in text_of(alice.get("/courses/"))


# --- course -----------------------------------------------------------------------------------------------------


def test_visitor_sees_promise_outline_teacher_and_how_to_enrol(anonymous, course):
    Course.objects.filter(pk=course.pk).update(subtitle="Pile stones that stay")
    page = text_of(anonymous.get(course.get_absolute_url()))
    for word in ("Pile stones that stay", "First steps", "Stones 1", "Ines", "Enrol for free"):
        assert word in page


def test_a_strangers_draft_is_not_there(alice, anonymous, igor, ines):
    draft = a_course(ines.user, title="Draft", state=CourseState.DRAFT)
    for person in (alice, anonymous, igor):
        assert person.get(draft.get_absolute_url()).status_code == 404
        assert person.submit(f"{draft.get_absolute_url()}enrol/").status_code == 404
        assert person.get(lesson_path(lessons_of(draft)[0])).status_code == 404


def test_its_instructor_and_staff_preview_a_draft(ines, staff):
    draft = a_course(ines.user, title="Draft", state=CourseState.DRAFT)
    for person in (ines, staff):
        assert "Preview: this course is a draft" in text_of(person.get(draft.get_absolute_url()))
        assert "Preview of a draft" in text_of(person.get(lesson_path(lessons_of(draft)[0])))


def test_enrolling_leaving_and_coming_back(alice, course):
    page = course.get_absolute_url()
    alice.submit(f"{page}enrol/")
    assert "Start the first lesson" in text_of(alice.get(page))
    alice.submit(f"{page}leave/")
    assert "Enrol for free" in text_of(alice.get(page))
    alice.submit(f"{page}enrol/")
    assert Enrollment.objects.get().left_at is None


def test_a_visitor_who_enrols_signs_in_first_and_comes_back(anonymous, course):
    answer = anonymous.submit(f"{course.get_absolute_url()}enrol/")
    assert answer.url == f"/accounts/login/?next={course.get_absolute_url()}"
    assert not Enrollment.objects.exists()


@pytest.mark.parametrize(
    "address", ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "\\\\evil"]
)
def test_next_never_leads_away(alice, course, address):
    for act in ("enrol", "leave"):
        assert alice.submit(f"{course.get_absolute_url()}{act}/", {"next": address}).url == course.get_absolute_url()


def test_next_leads_on_within_the_site(alice, course):
    lesson = lesson_path(lessons_of(course)[0])
    assert alice.submit(f"{course.get_absolute_url()}enrol/", {"next": lesson}).url == lesson


@pytest.mark.parametrize("state", [CourseState.ARCHIVED, CourseState.DRAFT])
def test_a_course_taken_back_tells_its_learners_and_nobody_else(alice, bob, course, at_alice, state):
    Course.objects.update(state=state)
    where = course.get_absolute_url()
    for path in (where, lesson_path(lessons_of(course)[0]), f"{where}progress/"):
        mine = alice.get(path)
        assert mine.status_code == 404
        assert "not available at the moment" in text_of(mine)
        assert "not available at the moment" not in text_of(bob.get(path))


def test_new_lessons_since_the_end_are_shown_as_new(alice, course, at_alice):
    for lesson in lessons_of(course):
        complete_lesson(enrollment=at_alice, lesson=lesson, at=timezone.now())
    a_lesson(course.modules.first(), title="A late one")
    page = text_of(alice.get(course.get_absolute_url()))
    assert "You finished this course. 1 new lesson since you finished." in page
    assert "See your certificate" in page


# --- lesson -----------------------------------------------------------------------------------------------------


def test_a_learner_reads_with_outline_and_bar(alice, course, at_alice):
    first, second = lessons_of(course)
    answer = alice.get(lesson_path(first))
    page = answer.content.decode()
    assert f'data-lesson-id="{first.pk}"' in page
    assert 'data-track-url="/api/learner/track-lesson/"' in page
    assert "Complete lesson" in page
    assert f'href="{lesson_path(second)}" rel="next"' in page


def test_opening_a_lesson_is_a_view(alice, course, at_alice):
    alice.get(lesson_path(lessons_of(course)[0]))
    assert LessonView.objects.filter(learner=alice.user).count() == 1


def test_a_visitor_signs_in_first_and_comes_back_to_the_lesson(anonymous, course):
    lesson = lesson_path(lessons_of(course)[0])
    assert anonymous.get(lesson).url == f"/accounts/login/?next={lesson}"


def test_who_is_not_enrolled_is_invited(alice, course):
    answer = alice.get(lesson_path(lessons_of(course)[0]))
    assert answer.status_code == 403
    assert "Enrol for free" in text_of(answer)
    assert not LessonView.objects.exists()


def test_who_left_is_invited_back(alice, course, at_alice):
    alice.submit(f"{course.get_absolute_url()}leave/")
    assert alice.get(lesson_path(lessons_of(course)[0])).status_code == 403


def test_a_free_preview_is_open_to_everybody_and_counts_nothing(anonymous, bob, course):
    lesson = lessons_of(course)[0]
    Lesson.objects.filter(pk=lesson.pk).update(is_preview=True)
    for person in (anonymous, bob):
        page = person.get(lesson_path(lesson))
        assert "Words about Stones 1" in text_of(page)
        assert b"data-lesson-id" not in page.content
    assert not LessonView.objects.exists()
    assert not LessonProgress.objects.exists()


def test_an_unpublished_lesson_is_there_for_its_instructor_only(alice, ines, igor, course, at_alice):
    hidden = a_lesson(course.modules.first(), title="Hidden", is_published=False)
    assert alice.get(lesson_path(hidden)).status_code == 404
    assert igor.get(lesson_path(hidden)).status_code == 404
    assert "Preview of a draft" in text_of(ines.get(lesson_path(hidden)))
    assert "Hidden" not in text_of(alice.get(course.get_absolute_url()))


def test_an_instructors_look_at_a_lesson_counts_nothing(ines, course):
    page = ines.get(lesson_path(lessons_of(course)[0]))
    assert "this is what learners see" in text_of(page)
    assert b"data-lesson-id" not in page.content
    assert not LessonView.objects.exists()


def test_a_lesson_of_another_course_is_not_under_this_one(alice, course, other_course, at_alice):
    stranger = lessons_of(other_course)[0]
    assert alice.get(f"{course.get_absolute_url()}lessons/{stranger.slug}/").status_code == 404


def test_completing_works_without_javascript(alice, course, at_alice):
    lesson = lessons_of(course)[0]
    page = alice.client.post(lesson_path(lesson), follow=True)
    assert "Lesson completed." in text_of(page)
    assert LessonProgress.objects.get(learner=alice.user, lesson=lesson).completed_at


def test_minimum_time_is_said_and_kept(alice, course, at_alice):
    lesson = lessons_of(course)[0]
    Lesson.objects.filter(pk=lesson.pk).update(min_seconds=120)
    assert "2:00 more in this lesson" in text_of(alice.get(lesson_path(lesson)))
    assert "Not yet" in text_of(alice.client.post(lesson_path(lesson), follow=True))
    assert not LessonProgress.objects.filter(completed_at__isnull=False).exists()


def test_nobody_completes_a_lesson_that_they_only_look_at(ines, anonymous, bob, course):
    lesson = lessons_of(course)[0]
    assert ines.submit(lesson_path(lesson)).status_code == 403
    assert bob.submit(lesson_path(lesson)).status_code == 403
    assert anonymous.submit(lesson_path(lesson)).status_code == 302


def test_video_in_a_player_or_as_a_link(alice, course, at_alice):
    module = course.modules.first()
    direct = a_lesson(module, title="Direct", kind="video", video_url="https://videos.example/a.mp4?x=1")
    other = a_lesson(module, title="Elsewhere", kind="video", video_url="https://videos.example/watch/1")
    assert b"<video controls playsinline" in alice.get(lesson_path(direct)).content
    assert b"<video" not in alice.get(lesson_path(other)).content
    assert "Open the video" in text_of(alice.get(lesson_path(other)))


def test_practice_tells_what_it_asks_and_lists_what_was_tried(alice, course, at_alice):
    lesson = a_practice(course.modules.first(), questions=3)
    page = text_of(alice.get(lesson_path(lesson)))
    assert "3 questions" in page
    assert "Reach 60 % to complete it" in page
    attempt = alice.post("/api/practice/", {"lesson": lesson.pk}).json()
    alice.post(f"/api/practice/{attempt['id']}/finish/", {"answers": {}})
    assert "Your attempts" in text_of(alice.get(lesson_path(lesson)))


def test_practice_of_a_free_preview_keeps_its_questions(anonymous, course):
    lesson = a_practice(course.modules.first(), is_preview=True)
    page = anonymous.get(lesson_path(lesson))
    assert "Practice is for the people in the course" in text_of(page)
    assert b"data-practice-start" not in page.content


def test_further_pages_open_for_readers_of_their_lesson(alice, anonymous, bob, course, at_alice):
    lesson = lessons_of(course)[0]
    page = SubPage.objects.create(lesson=lesson, title="Tools", slug="tools", body="# Tools\n\nA hammer.")
    assert "Tools" in text_of(alice.get(lesson_path(lesson)))
    read = alice.get(page.get_absolute_url())
    assert "A hammer." in text_of(read)
    assert text_of(read).count("Tools Tools") == 0
    assert bob.get(page.get_absolute_url()).status_code == 403
    assert anonymous.get(page.get_absolute_url()).status_code == 302
    assert alice.get(page.get_absolute_url().replace("tools", "nails")).status_code == 404


def test_hostile_text_reaches_no_page(alice, course, at_alice):
    body = "<script>alert(1)</script><img src=x onerror=alert(1)> <p style='x'>plain</p>"
    body += "<a href='javascript:alert(1)'>go</a>"
    lesson = a_lesson(course.modules.first(), title="<b>Hostile</b>", body=body)
    Lesson.objects.filter(pk=lesson.pk).update(html=body)
    page = alice.get(lesson_path(lesson)).content.decode()
    for bad in ("alert(1)</script>", "onerror", 'href="javascript:', "style='x'", "<b>Hostile"):
        assert bad not in page


# --- what every page keeps to -----------------------------------------------------------------------------------


@pytest.fixture
def pages(alice, course, at_alice, ines):
    """Addresses of all kinds of pages, with a course that Alice learns in."""
    module = course.modules.first()
    kinds = [
        lessons_of(course)[0],
        a_practice(module),
        a_lesson(module, title="Seen", kind="video", video_url="https://v.example/a.mp4"),
    ]
    further = SubPage.objects.create(lesson=kinds[0], title="Tools", slug="tools", body="text")
    fixed = ["/", "/courses/", "/courses/?search=zzz", "/help/", "/settings/", "/my-learning/", "/nowhere/"]
    fixed += [f"/accounts/{page}/" for page in ("email", "password/change", "logout", "password/reset")]
    own = [course.get_absolute_url(), f"{course.get_absolute_url()}progress/", further.get_absolute_url()]
    return [*fixed, *own, *map(lesson_path, kinds), "/certificates/00000000-0000-4000-8000-000000000000/"]


def test_no_page_has_inline_scripts_styles_or_handlers(alice, anonymous, pages):
    for person, path in [(p, path) for path in pages for p in (alice, anonymous)]:
        html = person.get(path).content.decode()
        assert not re.search(r"<script(?![^>]*\bsrc=)", html), path
        assert not re.search(r"<style|\sstyle=", html), path
        assert not re.search(r"<[^>]+\son[a-z]+=", html), path


def test_every_page_has_one_title_one_main_and_a_way_past_the_menu(alice, pages):
    for path in pages:
        html = alice.get(path).content.decode()
        assert html.count("<h1") == 1, path
        assert html.count('id="main"') == 1, path
        assert 'href="#main"' in html, path
        assert not re.search(r"<title>\s*·", html), path


def test_catalogue_asks_at_most_eight_times_whatever_the_number(alice, ines, igor):
    shelf = Category.objects.create(name="Nature", slug="nature")
    for n in range(3):
        enrolled(alice.user, a_course(ines.user, title=f"Few {n}", category=shelf))
    few = asked_of_database(alice, "/courses/?category=nature")
    for n in range(12):
        a_course(igor.user, title=f"Many {n}", category=shelf)
    many = asked_of_database(alice, "/courses/?category=nature")
    assert len(few) <= 8, few
    assert len(many) == len(few)


def test_other_pages_ask_at_most_twelve_times(alice, course, at_alice, pages):
    for module in (a_module(course, f"Module {n}") for n in range(5)):
        for n in range(4):
            a_lesson(module, title=f"{module.title} {n}", count=False)
    structure_changed(course, at=timezone.now())
    gone = {path for path in pages if "nowhere" in path or "certificates" in path}
    cache.clear()
    for path in pages * 2:  # the first time a lesson is opened, and the next
        if path in gone:
            continue
        asked = asked_of_database(alice, path)
        assert len(asked) <= 12, (path, asked)
