"""This floor's endpoints."""

from django.urls import path

from notifications.api import announcements, bounces, devices, events, inbox, preferences, sms

urlpatterns = [
    path("events/", events.EventsView.as_view(), name="events"),
    path("notifications/", inbox.NotificationsView.as_view(), name="notifications"),
    path("notifications/unread-count/", inbox.UnreadCountView.as_view(), name="notifications_unread_count"),
    path("notifications/preferences/", preferences.PreferencesView.as_view(), name="notification_preferences"),
    path("notifications/bounces/", bounces.BouncesView.as_view(), name="notification_bounces"),
    path("notifications/read-all/", inbox.ReadAllView.as_view(), name="notifications_read_all"),
    path("notifications/<id:pk>/read/", inbox.ReadView.as_view(), name="notification_read"),
    path("notifications/send/", announcements.SendView.as_view(), name="notifications_send"),
    path("devices/", devices.DevicesView.as_view(), name="device_list"),
    path("devices/register/", devices.RegisterView.as_view(), name="device_register"),
    path("devices/<id:pk>/", devices.DeviceView.as_view(), name="device"),
    path("sms/inbound/", sms.InboundView.as_view(), name="sms_inbound"),
]
