from django.apps import AppConfig


class ChatConfig(AppConfig):
    """The course assistant."""

    name = "chat"
    verbose_name = "Chat"

    def ready(self) -> None:
        from chat import receivers  # noqa: F401
