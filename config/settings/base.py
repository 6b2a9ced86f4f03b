"""Settings that are safe in production; everything that differs between machines is an environment variable.

`DATABASE_URL` and `REDIS_URL` alone move Cairn from the embedded default (SQLite, no services) to
PostgreSQL and Redis. `dev` and `test` only relax what stands here.
"""

import datetime as dt
from email.utils import parseaddr
from pathlib import Path
from typing import Any

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.utils.translation import gettext_lazy as _
from kombu import Queue

from config.logs import logging_config, speak_through_logging
from config.providers import provider_settings

BASE_DIR = Path(__file__).resolve().parents[2]
env = environ.Env()

VAR_DIR = Path(env.str("CAIRN_VAR", default=str(BASE_DIR / "var")))

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
]

MIDDLEWARE = [
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
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "learning.accounts.FormLimitsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
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
        "pool": {"min_size": 1, "max_size": env.int("DATABASE_POOL", default=8), "timeout": 5},
        # A page that takes longer than 10 s is given up; workers get five minutes (deploy/).
        "options": f"-c statement_timeout={env.int('DATABASE_STATEMENT_MS', default=10_000)} -c lock_timeout=10000"
        " -c idle_in_transaction_session_timeout=30000 -c plan_cache_mode=force_generic_plan",
    }

REDIS_URL = env.str("REDIS_URL", default="")
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

# --- mail -----------------------------------------------------------------------------------------------------
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Cairn <cairn@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
MAIL_DIR = VAR_DIR / "mail"
# What a mail provider says about addresses must be signed with this; empty: nobody is believed.
BOUNCE_SECRET = env.str("BOUNCE_SECRET", default="")
if env.str("EMAIL_URL", default="").startswith("anymail+"):
    INSTALLED_APPS += ["anymail"]
    vars().update(provider_settings(env.str("EMAIL_URL"), bounce_secret=BOUNCE_SECRET))
elif env.str("EMAIL_URL", default=""):
    vars().update(env.email_url("EMAIL_URL"))
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = str(MAIL_DIR)
EMAIL_TIMEOUT = 10

# --- push and text messages: without keys, or without an address, the channel is off and says so --------------------
# `manage.py push_keys` makes a pair.
VAPID_PUBLIC_KEY = env.str("VAPID_PUBLIC_KEY", default="")
VAPID_PRIVATE_KEY = env.str("VAPID_PRIVATE_KEY", default="")
# Whom a push service may write to when something is wrong.
VAPID_SUBJECT = env.str("VAPID_SUBJECT", default="") or f"mailto:{parseaddr(DEFAULT_FROM_EMAIL)[1]}"
# The push services of browsers: a subscription that leads anywhere else is refused. A dot stands for every name under.
PUSH_HOSTS = env.list(
    "PUSH_HOSTS",
    default=[
        "fcm.googleapis.com",
        "jmt17.google.com",
        "updates.push.services.mozilla.com",
        ".push.apple.com",
        ".notify.windows.com",
    ],
)
# Tests alone talk to a push service on this machine: no environment variable leads here.
PUSH_ALLOW_PRIVATE = False
# Apps' tokens and text messages go to a service of yours as one POST each (notifications.channels.gateway).
APP_PUSH_URL = env.str("APP_PUSH_URL", default="")
APP_PUSH_AUTHORIZATION = env.str("APP_PUSH_AUTHORIZATION", default="")
APP_PUSH_BODY = env.str(
    "APP_PUSH_BODY",
    default='{"token": "{token}", "platform": "{platform}", "title": "{title}", "url": "{url}", "id": "{key}"}',
)
APP_PUSH_ALLOW_PRIVATE = env.bool("APP_PUSH_ALLOW_PRIVATE", default=False)
SMS_URL = env.str("SMS_URL", default="")
SMS_AUTHORIZATION = env.str("SMS_AUTHORIZATION", default="")
SMS_BODY = env.str("SMS_BODY", default='{"to": "{to}", "text": "{text}", "id": "{key}"}')
# `json`, or `form` for services that want a form.
SMS_BODY_TYPE = env.str("SMS_BODY_TYPE", default="json")
# Lets the address be http or lead to a private network: for a service that runs beside Cairn.
SMS_ALLOW_PRIVATE = env.bool("SMS_ALLOW_PRIVATE", default=False)
# Signs what the service tells us: STOP (docs/notifications.md). Without it nobody can.
SMS_INBOUND_SECRET = env.str("SMS_INBOUND_SECRET", default="")
# Codes that a person may ask for, and that one number may be sent, a day.
SMS_CODES_A_DAY = env.int("SMS_CODES_A_DAY", default=5)

# --- announcements --------------------------------------------------------------------------------------------
ANNOUNCEMENTS_A_DAY = env.int("ANNOUNCEMENTS_A_DAY", default=5)
ANNOUNCEMENTS_A_DAY_STAFF = env.int("ANNOUNCEMENTS_A_DAY_STAFF", default=50)

# --- API ------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    # The token class is first so that a caller without credentials is told 401, not 403.
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "learning.api.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["learning.api.permissions.DeclaredPolicy"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["learning.api.parsers.StrictJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "learning.api.base.PagePagination",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "config.schema.ProblemAutoSchema",
    "EXCEPTION_HANDLER": "config.problems.exception_handler",
    "COERCE_DECIMAL_TO_STRING": False,
    "PAGE_SIZE": 20,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
REST_KNOX = {"TOKEN_TTL": dt.timedelta(days=365), "AUTH_HEADER_PREFIX": "Token", "TOKEN_LIMIT_PER_USER": 50}
SPECTACULAR_SETTINGS = {
    "TITLE": "Cairn",
    "DESCRIPTION": (
        "Everything that Cairn's pages can do, over HTTP. Bodies and answers are JSON in UTF-8; instants are ISO 8601 "
        "with their offset; ids are whole numbers. A member of a body that an operation does not name is refused with "
        "400; a parameter of the query that it does not name is ignored, and of one that stands twice the last counts. "
        "An empty one counts as not given. Every error is a problem document (RFC 9457)."
    ),
    "VERSION": "0.1.0",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/",
    "PATH_CONVERTER_OVERRIDES": {"id": {"type": "integer", "minimum": 0, "maximum": 2**63 - 1}},
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "config.schema.name_the_problem",
    ],
    "ENUM_NAME_OVERRIDES": {
        "LessonKindEnum": "learning.kinds.LessonKind",
        "QuestionKindEnum": "learning.kinds.QuestionKind",
        "MessageStatusEnum": "chat.kinds.MessageStatus",
        "LessonStatusEnum": ["not_started", "in_progress", "completed"],
        "RiskReasonEnum": "analytics.kinds.risk.Reason",
        "StudentStateEnum": "analytics.kinds.students.State",
    },
}

# --- jobs -----------------------------------------------------------------------------------------------------
# What must not be lost is a row of the outbox; a message only says which. So a broker may lose everything, a message
# may come twice, and nobody who serves a request talks to it.
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://") or "memory://"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_QUEUES = [Queue(name, routing_key=name) for name in ("default", "mail", "notifications", "reports")]
CELERY_TASK_DEFAULT_ROUTING_KEY = "default"
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
# A task whose process dies is tried again by count (its max_retries, 3) and not for ever.
CELERY_TASK_RETRY_ON_WORKER_LOST = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_TIME_LIMIT = 300
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 30
CELERY_BROKER_CONNECTION_TIMEOUT = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # Longer than any task may run, or it would be delivered a second time while it runs.
    "visibility_timeout": 3 * CELERY_TASK_TIME_LIMIT,
    # What a dead worker had taken is looked for every 10 s (kombu: interval times throttle, 100 s without this).
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    "socket_timeout": 5,
    "socket_connect_timeout": 1,
    "health_check_interval": 25,
}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
# The one list of what the clock runs. Each is a job (learning.jobs), asked for by beat where there is a broker and by
# the relay where there is none; only the sweep, which is what the relay does anyway, is a task of its own.
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "sweep-outbox": {"task": "learning.sweep_outbox", "schedule": 60.0},
    "forget": {"task": "learning.forget", "schedule": crontab(hour=3, minute=17)},
    # Hourly, and at the quarter too: somewhere a day ends with every one of these.
    "close-days": {"task": "gamification.close_days", "schedule": crontab(minute="2,17,32,47")},
    # A course's day ends at its own midnight; in between, days that something came late for.
    "close-course-days": {"task": "analytics.close_course_days", "schedule": crontab(minute="4,19,34,49")},
    "streaks-at-risk": {"task": "gamification.warn_of_risk", "schedule": crontab(minute=7)},
    # Each looks where on earth it is the time of the day that it is for.
    "digests": {"task": "notifications.digests", "schedule": crontab(minute="3,18,33,48")},
    "reminders": {"task": "notifications.remind", "schedule": crontab(minute=12)},
    "goals-near": {"task": "notifications.goals_near", "schedule": crontab(minute=22)},
    "weekly-summaries": {"task": "notifications.weekly_summaries", "schedule": crontab(minute=27)},
    # After each midnight: a course's day is over where it is.
    "judge-courses": {"task": "analytics.judge_courses", "schedule": crontab(minute="12,27,42,57")},
    "tell-instructors": {"task": "analytics.tell_instructors", "schedule": crontab(minute=42)},
    "place-students": {"task": "analytics.place_students", "schedule": 300.0},
    "place-all-students": {"task": "analytics.place_all_students", "schedule": crontab(hour=2, minute=23)},
}

# --- assistant ------------------------------------------------------------------------------------------------
# `extractive` answers from the course's own words; `openai` means any endpoint that speaks its format.
ASSISTANT_PROVIDER = env.str("ASSISTANT_PROVIDER", default="extractive")
ASSISTANT_BASE_URL = env.str("ASSISTANT_BASE_URL", default="")
ASSISTANT_MODEL = env.str("ASSISTANT_MODEL", default="")
ASSISTANT_API_KEY = env.str("ASSISTANT_API_KEY", default="")
# Lets the base URL be http or lead to a private network: for a model that runs beside Cairn.
ASSISTANT_ALLOW_PRIVATE = env.bool("ASSISTANT_ALLOW_PRIVATE", default=False)
ASSISTANT_MAX_OUTPUT_TOKENS = env.int("ASSISTANT_MAX_OUTPUT_TOKENS", default=800)
ASSISTANT_TOKENS_LEARNER_A_DAY = env.int("ASSISTANT_TOKENS_LEARNER_A_DAY", default=100_000)
ASSISTANT_TOKENS_COURSE_A_DAY = env.int("ASSISTANT_TOKENS_COURSE_A_DAY", default=2_000_000)
ASSISTANT_TOKENS_SITE_A_DAY = env.int("ASSISTANT_TOKENS_SITE_A_DAY", default=10_000_000)
# Millionths of the currency that you reckon in, for a million tokens.
ASSISTANT_PRICE_INPUT = env.int("ASSISTANT_PRICE_INPUT", default=0)
ASSISTANT_PRICE_OUTPUT = env.int("ASSISTANT_PRICE_OUTPUT", default=0)
ASSISTANT_QUESTIONS_A_MINUTE = env.int("ASSISTANT_QUESTIONS_A_MINUTE", default=20)
ASSISTANT_QUESTIONS_A_DAY = env.int("ASSISTANT_QUESTIONS_A_DAY", default=200)

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

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Cairn",
    "SITE_HEADER": "Cairn",
    "SITE_SUBHEADER": _("Courses and people"),
    "SITE_URL": "/",
    "SITE_SYMBOL": "landscape",
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": True,
    "SHOW_BACK_BUTTON": True,
    # Each page is in the sidebar of those who may open it: the pages themselves say who that is.
    "SIDEBAR": {"navigation": "config.admin_site.navigation"},
    "ACCOUNT": {"navigation": "config.admin_site.account_links"},
    "BORDER_RADIUS": "8px",
    "COLORS": {
        "base": {
            "50": "#fafaf9",
            "100": "#f5f5f4",
            "200": "#e7e5e4",
            "300": "#d6d3d1",
            "400": "#a8a29e",
            "500": "#78716c",
            "600": "#57534e",
            "700": "#44403c",
            "800": "#292524",
            "900": "#1c1917",
            "950": "#0c0a09",
        },
        "primary": {
            "50": "#f1f6f1",
            "100": "#dfeadf",
            "200": "#c1d6c2",
            "300": "#97b99b",
            "400": "#6a9671",
            "500": "#4a7a53",
            "600": "#38623f",
            "700": "#2e4f34",
            "800": "#27402b",
            "900": "#213525",
            "950": "#101d14",
        },
    },
}

DRF_STANDARDIZED_ERRORS = {
    "EXCEPTION_HANDLER_CLASS": "config.problems.ProblemHandler",
    "EXCEPTION_FORMATTER_CLASS": "config.problems.ProblemFormatter",
}
