"""What must be true of the installation: a migrated database, files for browsers, a broker, mail that arrives."""

from __future__ import annotations

import datetime as dt
from urllib.parse import urlsplit

import redis
from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from learning.doctor import Found, check
from notifications.channels import webpush

BROKER_PATIENCE_SECONDS = 1.0
# Of each npm package one file that pages ask for.
FRONT_END = [
    "npm/@fontsource-variable/inter/files/inter-latin-wght-normal.woff2",
    "npm/echarts/dist/echarts.esm.min.js",
]
NOWHERE = ("filebased", "console", "dummy", "locmem")


@check("config.migrations", "migrations that the database does not have yet: `manage.py migrate`")
def migrations(at: dt.datetime) -> Found:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return Found.each(migration for migration, _ in plan)


@check("config.front_end", "files that browsers need and that are not there: `make setup`", is_warning=True)
def front_end(at: dt.datetime) -> Found:
    return Found.each(
        name for name in FRONT_END if not finders.find(name) and not (settings.STATIC_ROOT / name).is_file()
    )


@check(
    "config.broker", "broker that REDIS_URL names and that does not answer: the relay does its work", is_warning=True
)
def broker(at: dt.datetime) -> Found:
    return Found.each([] if not settings.REDIS_URL or _answers(settings.REDIS_URL) else ["REDIS_URL"])


def _answers(url: str) -> bool:
    """Whether it says so within a second. The address holds a password at times, and is never shown."""
    patience = {"socket_timeout": BROKER_PATIENCE_SECONDS, "socket_connect_timeout": BROKER_PATIENCE_SECONDS}
    try:
        with redis.from_url(url, **patience) as client:
            return bool(client.ping())
    except (redis.RedisError, OSError):
        return False


@check(
    "config.push_keys",
    "pair of keys that is none, so no browser is told anything: `manage.py push_keys`",
    is_warning=True,
)
def push_keys(at: dt.datetime) -> Found:
    public, private = settings.VAPID_PUBLIC_KEY, settings.VAPID_PRIVATE_KEY
    return Found.each(["VAPID_PUBLIC_KEY"] if (public or private) and webpush.do_not_fit(public, private) else [])


@check("config.mail", "variable that is empty, so mail of a production site goes to nobody", is_warning=True)
def mail(at: dt.datetime) -> Found:
    to_nobody = any(word in settings.EMAIL_BACKEND for word in NOWHERE)
    return Found.each(["EMAIL_URL"] if settings.PRODUCTION and to_nobody else [])


@check(
    "config.site_url", "address that mails of a production site lead to and that is only this machine", is_warning=True
)
def site_url(at: dt.datetime) -> Found:
    own = urlsplit(settings.SITE_URL).hostname in {"localhost", "127.0.0.1", "::1"}
    return Found.each(["SITE_URL"] if settings.PRODUCTION and own else [])
