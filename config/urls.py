"""Every address of Cairn starts here; each floor brings its own."""

from django.apps import apps
from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from config import views

urlpatterns = [
    path("health/live/", views.live, name="health_live"),
    path("health/ready/", views.ready, name="health_ready"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.account.urls")),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerSplitView.as_view(url_name="schema", metadata_class=None), name="api_docs"),
    path("api/", include("learning.api.urls")),
    path("api/", include("chat.api.urls")),
    path("api/", include("gamification.api.urls")),
    path("api/", include("notifications.api.urls")),
    path("api/", include("analytics.api.urls")),
    path("", include("learning.urls")),
    path("", include("chat.urls")),
    path("", include("notifications.urls")),
    path("", include("gamification.urls")),
    path("", include("analytics.urls")),
]

if apps.is_installed("anymail"):  # a mail provider that tells of bounces in its own words
    urlpatterns.append(path("anymail/", include("anymail.urls")))

handler400 = "config.views.bad_request"
handler403 = "config.views.forbidden"
handler404 = "config.views.not_found"
handler500 = "config.views.server_error"
