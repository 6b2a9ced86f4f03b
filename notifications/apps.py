from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """Inbox and channels."""

    name = "notifications"
    verbose_name = "Notifications"
