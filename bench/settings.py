"""Settings of a server that is measured from outside: as on a person's machine, and hundreds may sign in at once."""

from config.settings.dev import *  # noqa: F403
from config.settings.dev import ACCOUNT_FORMS_A_MINUTE

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ACCOUNT_FORMS_A_MINUTE = dict.fromkeys(ACCOUNT_FORMS_A_MINUTE, 100_000)
