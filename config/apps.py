from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class ConfigConfig(AppConfig):
    """Settings, URLs and what concerns every floor; it has no models."""

    name = "config"
    verbose_name = "Cairn"

    def ready(self) -> None:
        from django.conf import settings
        from django.utils.module_loading import autodiscover_modules

        from config import checks  # noqa: F401  (registers itself)
        from config.safety import refuse_unsafe

        # Whoever drains the outbox or minds the clock knows every kind and every job, not only Celery's workers.
        autodiscover_modules("tasks")

        if settings.PRODUCTION:
            refuse_unsafe(settings)


class CairnAdminConfig(admin_apps.AdminConfig):
    """Django's admin, with a front door of our own."""

    default = False
    default_site = "config.admin_site.CairnAdminSite"
