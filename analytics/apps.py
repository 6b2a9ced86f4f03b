from django.apps import AppConfig


class AnalyticsConfig(AppConfig):
    """Metrics and pages over several floors."""

    name = "analytics"
    verbose_name = "Analytics"

    def ready(self) -> None:
        from analytics import receivers, tasks  # noqa: F401
