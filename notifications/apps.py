from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """Inbox and channels."""

    name = "notifications"
    verbose_name = "Notifications"

    def ready(self) -> None:
        from notifications import receivers, tasks  # noqa: F401  (a worker must know how to do its rows)
        from notifications.channels import email, push, sms  # noqa: F401
        from notifications.services import announcements, delivering, phones  # noqa: F401

        receivers.hear_of_bounces()
