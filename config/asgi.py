"""The ASGI entry point: pages, API and streams in one process."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")
application = get_asgi_application()

from config.checks import refuse_undeclared  # noqa: E402  (needs the apps)

refuse_undeclared()
