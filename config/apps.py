from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Settings, URLs and what concerns every floor; it has no models."""

    name = "config"
    verbose_name = "Cairn"

    def ready(self) -> None:
        from django.conf import settings

        from config.safety import refuse_unsafe

        if settings.PRODUCTION:
            refuse_unsafe(settings)
