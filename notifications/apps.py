from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """Inbox and channels."""

    name = "notifications"
    verbose_name = "Notifications"

    def ready(self) -> None:
        from notifications import receivers  # noqa: F401
        from notifications.channels import push, sms  # noqa: F401
        from notifications.services import phones  # noqa: F401
