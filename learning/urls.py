"""The pages of this floor."""

from django.urls import path

from learning.views import catalogue, certificates, courses, files, lessons, pages, people

app_name = "learning"
urlpatterns = [
    path("", pages.home, name="home"),
    path("help/", pages.help_page, name="help"),
    path("settings/", people.settings, name="settings"),
    path("certificates/<uuid:key>/", certificates.certificate, name="certificate"),
    path("courses/", catalogue.courses, name="catalogue"),
    path("courses/<slug:slug>/", courses.course, name="course"),
    path("courses/<slug:slug>/enrol/", courses.enroll, name="enroll"),
    path("courses/<slug:slug>/leave/", courses.leave, name="leave"),
    path("courses/<slug:slug>/picture/", files.course_picture, name="course_picture"),
    path("courses/<slug:slug>/files/<path:path>", files.course_file, name="course_file"),
    path("courses/<slug:slug>/lessons/<slug:lesson_slug>/", lessons.lesson, name="lesson"),
    path("courses/<slug:slug>/lessons/<slug:lesson_slug>/video/", files.lesson_video, name="lesson_video"),
    path("courses/<slug:slug>/lessons/<slug:lesson_slug>/captions/", files.lesson_captions, name="lesson_captions"),
    path("courses/<slug:slug>/lessons/<slug:lesson_slug>/pages/<slug:page_slug>/", lessons.sub_page, name="sub_page"),
]
