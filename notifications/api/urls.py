"""This floor's endpoints."""

from django.urls import path

from notifications.api import bounces, events, inbox, preferences

urlpatterns = [
    path("events/", events.EventsView.as_view(), name="events"),
    path("notifications/", inbox.NotificationsView.as_view(), name="notifications"),
    path("notifications/unread-count/", inbox.UnreadCountView.as_view(), name="notifications_unread_count"),
    path("notifications/preferences/", preferences.PreferencesView.as_view(), name="notification_preferences"),
    path("notifications/bounces/", bounces.BouncesView.as_view(), name="notification_bounces"),
    path("notifications/read-all/", inbox.ReadAllView.as_view(), name="notifications_read_all"),
    path("notifications/<id:pk>/read/", inbox.ReadView.as_view(), name="notification_read"),
]
