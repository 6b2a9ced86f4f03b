"""The WSGI entry point for pages and API behind several workers."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")
application = get_wsgi_application()

from config.checks import refuse_undeclared  # noqa: E402  (needs the apps)

refuse_undeclared()
