"""Endpoints about one course, for those who teach it."""

from django.urls import path

from analytics.api.instructor import overview

urlpatterns = [
    path("analytics/", overview.OverviewView.as_view(), name="instructor_overview"),
]
