"""The pages of this floor."""

from django.urls import path

from notifications.views import announcements, devices, inbox, phones, preferences, unsubscribing

app_name = "notifications"
urlpatterns = [
    path("notifications/", inbox.inbox, name="inbox"),
    path("notifications/bell/", inbox.bell, name="bell"),
    path("notifications/read-all/", inbox.read_all, name="read_all"),
    path("notifications/<id:pk>/open/", inbox.open_one, name="open"),
    path("announcements/<id:pk>/", announcements.announcement, name="announcement"),
    path("settings/devices/", devices.page, name="devices"),
    path("settings/devices/<id:pk>/remove/", devices.remove, name="remove_device"),
    path("settings/phone/", phones.ask, name="ask_code"),
    path("settings/phone/code/", phones.confirm, name="confirm_code"),
    path("settings/phone/withdraw/", phones.withdraw, name="withdraw_phone"),
    path("push-worker.js", devices.worker, name="push_worker"),
    path("notifications/unsubscribe/<str:token>/", unsubscribing.unsubscribe, name="unsubscribe"),
    path("settings/notifications/", preferences.preferences, name="preferences"),
    path("settings/notifications/addresses/", preferences.try_addresses, name="try_addresses"),
]
