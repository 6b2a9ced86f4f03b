"""For tests: fast hashes, mail in memory, files in a folder that goes away."""

import os
import tempfile
from pathlib import Path

from config.settings.dev import *  # noqa: F403
from config.settings.dev import CACHES, DATABASES, MIDDLEWARE
from config.settings.variables import REDIS_URL

DEBUG = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
TEST_NON_SERIALIZED_APPS = ["django.contrib.contenttypes", "django.contrib.auth"]  # tests.ledgers keeps their rows
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
MEDIA_ROOT = Path(tempfile.mkdtemp(prefix="cairn-media-"))
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
if DATABASES["default"]["ENGINE"].endswith("postgresql"):
    # Threads of a test each hold a connection; a pool would keep them past the test database's end.
    DATABASES["default"]["OPTIONS"].pop("pool", None)
    # What a power cut would take with it is of no worth here.
    DATABASES["default"]["OPTIONS"]["options"] = (
        "-c statement_timeout=30000 -c synchronous_commit=off -c max_parallel_workers_per_gather=0 -c jit=off"
    )

if REDIS_URL:
    # Tests empty the cache, so parallel runners each take a Redis database of their own, from the given one on.
    server, _, first = REDIS_URL.rpartition("/")
    runner = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    CACHES["default"]["LOCATION"] = f"{server}/{int(first) + int(runner)}"

# Static files are not what most tests are about, and finding them all takes a second a process.
MIDDLEWARE = [m for m in MIDDLEWARE if "whitenoise" not in m]

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, not memory: tests of races need more than one connection.
    DATABASES["default"]["TEST"] = {"NAME": str(Path(tempfile.gettempdir()) / f"cairn-test-{os.getpid()}.sqlite3")}
