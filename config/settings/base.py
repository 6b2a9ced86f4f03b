"""Settings that are safe in production; everything that differs between machines is an environment variable.

`DATABASE_URL` and `REDIS_URL` alone move Cairn from the embedded default (SQLite, no services) to
PostgreSQL and Redis. `dev` and `test` only relax what stands here.
What belongs to one part of Cairn has a module of its own beside this one.
"""

from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.utils.translation import gettext_lazy as _

from config.logs import logging_config, speak_through_logging
from config.settings.admin import *  # noqa: F403
from config.settings.api import *  # noqa: F403
from config.settings.assistant import *  # noqa: F403
from config.settings.channels import *  # noqa: F403
from config.settings.channels import MAIL_APPS
from config.settings.jobs import *  # noqa: F403
from config.settings.variables import BASE_DIR, REDIS_URL, VAR_DIR, env

# --- who we are -----------------------------------------------------------------------------------------------
# Off only in dev and test. While it is on, config.safety refuses to start with an unsafe key, DEBUG or hosts.
PRODUCTION = True
SECRET_KEY = env.str("SECRET_KEY", default="")
DEBUG = False
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
SITE_URL = env.str("SITE_URL", default="http://localhost:8000").rstrip("/")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SITE_TIME_ZONE = env.str("SITE_TIME_ZONE", default="UTC")
ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "learning.User"

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "config.apps.CairnAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "rest_framework",
    "knox",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "drf_standardized_errors",
    "django_htmx",
    "django_celery_beat",
    "csp",
    "django_structlog",
    "learning",
    "chat",
    "gamification",
    "notifications",
    "analytics",
    "config",
    *MAIL_APPS,
]

MIDDLEWARE = [
    "config.middleware.HeadMiddleware",
    "config.middleware.RequestIdMiddleware",
    "config.middleware.ContentPolicyMiddleware",
    "config.middleware.SafeHeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.middleware.PrivateMiddleware",
    "learning.middleware.LearnerLocaleMiddleware",
    "config.middleware.AdminClockMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "learning.accounts.FormLimitsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "config.middleware.WrongMethodMiddleware",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "learning.context_processors.site",
            ],
        },
    },
]

# --- data -----------------------------------------------------------------------------------------------------
# Connections of a process, and so how many requests it works on at once (config.turns).
DATABASE_POOL = env.int("DATABASE_POOL", default=8)
DATABASE_URL = env.str("DATABASE_URL", default="") or f"sqlite:///{VAR_DIR / 'cairn.sqlite3'}"
DATABASES: dict[str, dict[str, Any]] = {"default": env.db_url_config(DATABASE_URL)}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # IMMEDIATE takes the write lock at BEGIN: a reader that turns writer can no longer fail half-way.
    # It also makes every atomic block a writer, which is why ATOMIC_REQUESTS stays off.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-20000;",
    }
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"]["OPTIONS"] = {
        # Only what binds on the server (learning.beats) is prepared; behind a transaction pooler, set it to 0.
        "prepare_threshold": env.int("DATABASE_PREPARE", default=5) or None,
        # After a crash PostgreSQL needs some seconds to recover: a page waits for it.
        "pool": {"min_size": 1, "max_size": DATABASE_POOL, "timeout": 10},
        # A page that takes longer than 10 s is given up; workers get five minutes (deploy/).
        # Parallel workers and compiled expressions cost 30 ms and more to begin with, and many people ask at once: one
        # query, one process.
        "options": f"-c statement_timeout={env.int('DATABASE_STATEMENT_MS', default=10_000)} -c lock_timeout=10000"
        " -c idle_in_transaction_session_timeout=30000 -c plan_cache_mode=force_generic_plan"
        f" -c max_parallel_workers_per_gather={env.int('DATABASE_PARALLEL', default=0)} -c jit=off",
    }

if REDIS_URL:
    CACHES = {"default": {"BACKEND": "config.cache.FailOpenRedisCache", "LOCATION": REDIS_URL}}
    SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    SESSION_ENGINE = "django.contrib.sessions.backends.db"

# --- people ---------------------------------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "learning.accounts.EndTokens"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/my-learning/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "learning.accounts.AccountAdapter"
ACCOUNT_FORMS = {
    "signup": "learning.forms.SignupForm",
    "change_password": "learning.forms.ChangePasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
# Mandatory verification is what lets sign-up answer the same for a known and an unknown address.
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if SITE_URL.startswith("https") else "http"
PASSWORD_RESET_TIMEOUT = 30 * 60
# Failed sign-ins per account and per address: counted in the database (learning.services.signin).
SIGNIN_FAILURES = 10
SIGNIN_WINDOW_SECONDS = 15 * 60
# The other forms and mails of accounts, a minute (learning.accounts); allauth would count in each process's own cache.
ACCOUNT_RATE_LIMITS = False
ACCOUNT_FORMS_A_MINUTE = {
    "account_login": 120,
    "account_signup": 20,
    "account_email_verification_sent": 20,
    "account_reset_password": 20,
    "account_reset_password_from_key": 20,
    "account_reauthenticate": 10,
    "account_change_password": 5,
    "account_set_password": 5,
    "account_email": 10,
}
ACCOUNT_MAILS_A_MINUTE = 5
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)

# --- languages and time ---------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- files ----------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(VAR_DIR / "static")))
STATICFILES_DIRS = [
    BASE_DIR / "templates" / "static",
    # Of each npm package only what a browser asks for.
    *[
        (f"npm/{folder}", str(BASE_DIR / "node_modules" / folder))
        for folder in ("@fontsource-variable/inter/files", "echarts/dist")
        if (BASE_DIR / "node_modules" / folder).is_dir()
    ],
]
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(VAR_DIR / "media")))
MEDIA_URL = "/media/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
API_MAX_BODY_BYTES = 1_000_000
VIDEO_MAX_BYTES = env.int("VIDEO_MAX_BYTES", default=500_000_000)
PICTURE_MAX_BYTES = env.int("PICTURE_MAX_BYTES", default=5_000_000)
CAPTIONS_MAX_BYTES = env.int("CAPTIONS_MAX_BYTES", default=1_000_000)

# --- safety ---------------------------------------------------------------------------------------------------
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = ["^health/"]  # asked from inside, where there is no TLS
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
CSRF_FAILURE_VIEW = "config.views.csrf_failure"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "media-src": [SELF, "https:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
# Unfold's Alpine evaluates expressions from attributes, and a chosen video is opened (blob:) to read its length;
# nothing else about the admin's policy is looser than it must be. Swagger styles itself.
ADMIN_CONTENT_POLICY = {
    "media-src": [SELF, "https:", "blob:"],
    "script-src": [SELF, UNSAFE_EVAL],
    "style-src": [SELF, UNSAFE_INLINE],
}
DOCS_CONTENT_POLICY = {"style-src": [SELF, UNSAFE_INLINE]}

LOGGING = logging_config(as_json=env.bool("LOG_JSON", default=True))
speak_through_logging()
DJANGO_STRUCTLOG_CELERY_ENABLED = True
