from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Settings, URLs and what concerns every floor; it has no models."""

    name = "config"
    verbose_name = "Cairn"
