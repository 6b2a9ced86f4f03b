"""The pages of this floor."""

from django.urls import path

from notifications.views import inbox, preferences, unsubscribing

app_name = "notifications"
urlpatterns = [
    path("notifications/", inbox.inbox, name="inbox"),
    path("notifications/bell/", inbox.bell, name="bell"),
    path("notifications/read-all/", inbox.read_all, name="read_all"),
    path("notifications/<id:pk>/open/", inbox.open_one, name="open"),
    path("notifications/unsubscribe/<str:token>/", unsubscribing.unsubscribe, name="unsubscribe"),
    path("settings/notifications/", preferences.preferences, name="preferences"),
    path("settings/notifications/addresses/", preferences.try_addresses, name="try_addresses"),
]
