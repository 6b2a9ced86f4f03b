"""Endpoints that read several floors."""

from django.urls import include, path

from analytics.api import hints, learner

urlpatterns = [
    path("learner/dashboard/", learner.DashboardView.as_view(), name="learner_dashboard"),
    path("learner/counters/", learner.CountersView.as_view(), name="learner_counters"),
    path("learner/courses/<id:course>/progress/", learner.CourseProgressView.as_view(), name="learner_progress"),
    path("learner/achievements/", learner.AchievementsView.as_view(), name="learner_achievements"),
    path("learner/hints/", hints.HintsView.as_view(), name="learner_hints"),
    path("learner/hints/<id:pk>/away/", hints.AwayView.as_view(), name="learner_away"),
    path("learner/readings/", hints.ReadingsView.as_view(), name="learner_readings"),
    path("instructor/courses/<id:course>/", include("analytics.api.instructor.urls")),
]
