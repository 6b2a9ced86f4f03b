"""The ground floor's endpoints."""

from django.urls import URLPattern, path

from learning.api import certificates, courses, enrollment, lessons, people, practice, tracking

urlpatterns: list[URLPattern] = [
    path("auth/token/", people.TokenView.as_view(), name="api_token"),
    path("me/", people.MeView.as_view(), name="api_me"),
    path("courses/", courses.CourseListView.as_view(), name="api_courses"),
    path("courses/<id:course>/", courses.CourseView.as_view(), name="api_course"),
    path("courses/<id:course>/enrollment/", enrollment.EnrollmentView.as_view(), name="api_enrollment"),
    path("lessons/<id:lesson>/", lessons.LessonView.as_view(), name="api_lesson"),
    path("certificates/<uuid:certificate>/", certificates.CertificateView.as_view(), name="api_certificate"),
    path("learner/track-lesson/", tracking.TrackLessonView.as_view(), name="track_lesson"),
    path("practice/", practice.PracticeView.as_view(), name="practice"),
    path("practice/<id:pk>/finish/", practice.PracticeFinishView.as_view(), name="practice_finish"),
]
