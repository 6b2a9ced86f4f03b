"""The ways to people: mail, push and text messages, and how often staff may write to many."""

from email.utils import parseaddr
from urllib.parse import urlsplit

from config.providers import provider_settings
from config.settings.variables import VAR_DIR, env

# --- mail -----------------------------------------------------------------------------------------------------
# Servers refuse a sender whose domain does not exist: without a word it is the site's own.
_host = urlsplit(env.str("SITE_URL", default="http://localhost:8000")).hostname or "localhost"
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default=f"Cairn <cairn@{_host}>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
MAIL_DIR = VAR_DIR / "mail"
# What a mail provider says about addresses must be signed with this; empty: nobody is believed.
BOUNCE_SECRET = env.str("BOUNCE_SECRET", default="")
# The app of a provider with an API of its own.
MAIL_APPS: list[str] = []
if env.str("EMAIL_URL", default="").startswith("anymail+"):
    MAIL_APPS = ["anymail"]
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
