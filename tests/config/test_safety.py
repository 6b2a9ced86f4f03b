"""Production settings refuse to start when they would give the site away."""

import os
import secrets
import subprocess
import sys

import pytest

GOOD_KEY = secrets.token_urlsafe(60)


def started_with(**variables):
    """Load Django with the production settings and these variables alone; the exit code and what was said."""
    env = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "config.settings.base", **variables}
    done = subprocess.run(
        [sys.executable, "-c", "import django; django.setup()"], env=env, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    ("variables", "reason"),
    [
        ({"ALLOWED_HOSTS": "cairn.example"}, "SECRET_KEY"),
        ({"ALLOWED_HOSTS": "cairn.example", "SECRET_KEY": "short"}, "at least 50 characters"),
        ({"ALLOWED_HOSTS": "cairn.example", "SECRET_KEY": "ab" * 40}, "at random"),
        ({"ALLOWED_HOSTS": "cairn.example", "SECRET_KEY": "django-insecure-" + GOOD_KEY}, "everybody knows"),
        ({"SECRET_KEY": GOOD_KEY}, "ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": "cairn.example,*", "SECRET_KEY": GOOD_KEY}, "ALLOWED_HOSTS"),
    ],
)
def test_it_does_not_start_and_says_why(variables, reason):
    code, said = started_with(**variables)
    assert code != 0
    assert "ImproperlyConfigured" in said
    assert reason in said
    assert GOOD_KEY not in said


def test_it_starts_with_a_random_key_and_named_hosts():
    assert started_with(ALLOWED_HOSTS="cairn.example", SECRET_KEY=GOOD_KEY) == (0, "")


def test_the_key_of_the_dev_settings_does_not_open_production():
    from config.settings import dev

    code, said = started_with(ALLOWED_HOSTS="cairn.example", SECRET_KEY=dev.SECRET_KEY)
    assert code != 0
    assert "everybody knows" in said
