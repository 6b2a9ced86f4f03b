from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """Inbox and channels."""

    name = "notifications"
    verbose_name = "Notifications"

    def ready(self) -> None:
        from notifications import receivers  # noqa: F401
        from notifications.channels import email, push, sms  # noqa: F401
        from notifications.services import announcements, delivering, phones  # noqa: F401
