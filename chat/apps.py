from django.apps import AppConfig


class ChatConfig(AppConfig):
    """The course assistant."""

    name = "chat"
    verbose_name = "Chat"

    def ready(self) -> None:
        from django.core.checks import register

        from chat import receivers  # noqa: F401
        from chat.checks import check_assistant
        from chat.services import findable  # noqa: F401

        register(check_assistant)
