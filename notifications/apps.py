from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """Inbox and channels."""

    name = "notifications"
    verbose_name = "Notifications"

    def ready(self) -> None:
        from notifications import (
            receivers,  # noqa: F401
            tasks,  # noqa: F401
        )
        from notifications.channels import email  # noqa: F401
