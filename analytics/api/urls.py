"""Endpoints that read several floors."""

from django.urls import include, path

from analytics.api import learner

urlpatterns = [
    path("learner/dashboard/", learner.DashboardView.as_view(), name="learner_dashboard"),
    path("learner/counters/", learner.CountersView.as_view(), name="learner_counters"),
    path("learner/courses/<id:course>/progress/", learner.CourseProgressView.as_view(), name="learner_progress"),
    path("learner/achievements/", learner.AchievementsView.as_view(), name="learner_achievements"),
    path("instructor/courses/<id:course>/", include("analytics.api.instructor.urls")),
]
