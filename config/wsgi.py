"""The WSGI entry point for pages and API behind several workers."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")
django.setup(set_prefix=False)

from config.checks import refuse_undeclared  # noqa: E402  (needs the apps)
from config.second_try import SecondTryHandler  # noqa: E402

application = SecondTryHandler()
refuse_undeclared()
