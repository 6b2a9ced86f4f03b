"""This floor's pages."""

from django.urls import path

from gamification.views import pages, settings

app_name = "gamification"
urlpatterns = [
    path("achievements/xp/", pages.xp, name="xp"),
    path("achievements/<int:pk>/share/", pages.share, name="share"),
    path("badges/<uuid:key>/", pages.shared_badge, name="shared_badge"),
    path("boards/", pages.site_board, name="site_board"),
    path("courses/<slug:slug>/board/", pages.course_board, name="course_board"),
    path("my-learning/challenges/<int:pk>/claim/", pages.claim_challenge, name="claim_challenge"),
    path("settings/motivation/", settings.motivation, name="motivation"),
    path("settings/vacations/", settings.vacation, name="vacation"),
    path("settings/vacations/<int:pk>/end/", settings.end, name="end_vacation"),
]
