"""This floor's endpoints."""

from django.urls import path

from gamification.api import boards, challenges, profile, settings

urlpatterns = [
    path("gamification/profile/", profile.ProfileView.as_view(), name="gamification_profile"),
    path("gamification/xp/", profile.XPView.as_view(), name="gamification_xp"),
    path("gamification/challenges/<int:pk>/claim/", challenges.ClaimView.as_view(), name="challenge_claim"),
    path("gamification/leaderboard/", boards.BoardView.as_view(), name="leaderboard"),
    path("gamification/settings/", settings.SettingsView.as_view(), name="gamification_settings"),
    path("gamification/vacations/", settings.VacationsView.as_view(), name="vacations"),
    path("gamification/vacations/<int:pk>/", settings.VacationView.as_view(), name="vacation"),
    path("gamification/calendar/", settings.CalendarView.as_view(), name="gamification_calendar"),
]
