"""This floor's endpoints."""

from django.urls import path

from gamification.api import profile

urlpatterns = [
    path("gamification/profile/", profile.ProfileView.as_view(), name="gamification_profile"),
    path("gamification/xp/", profile.XPView.as_view(), name="gamification_xp"),
]
