"""For a person's own machine: http on localhost, a key that is no secret, plain cookie names."""

import warnings

from config.logs import logging_config
from config.settings.base import *  # noqa: F403
from config.settings.base import STATIC_ROOT
from config.settings.variables import env

STATIC_ROOT.mkdir(parents=True, exist_ok=True)

PRODUCTION = False
LOGGING = logging_config(as_json=env.bool("LOG_JSON", default=False))
SECRET_KEY = env.str("SECRET_KEY", default="not-a-secret-this-key-is-only-for-a-persons-own-machine")
DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 0
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = False
SESSION_COOKIE_NAME = "sessionid"
CSRF_COOKIE_NAME = "csrftoken"
# One process serves pages, streams and files. WhiteNoise's files are small, and read in one go is how they are meant.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
