"""The ASGI entry point: pages, API and streams in one process."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")
django_application = get_asgi_application()

from django.conf import settings  # noqa: E402

from config.checks import refuse_undeclared  # noqa: E402  (needs the apps)
from config.turns import LEFT_FOR_STREAMS, Turns  # noqa: E402

refuse_undeclared()
application = Turns(django_application, at_once=max(1, settings.DATABASE_POOL - LEFT_FOR_STREAMS))
