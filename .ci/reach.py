"""Print the address of a PostgreSQL or Redis that answers, or fail: `python .ci/reach.py database|redis`."""

import getpass
import os
import sys

import psycopg
import redis


def database() -> str | None:
    """A database of our own name on the first server that lets us in; the test runner makes it and drops it."""
    people = dict.fromkeys([os.environ.get("PGUSER", ""), getpass.getuser(), "postgres"])
    local = [f"postgres://{person}@127.0.0.1:5432" for person in people if person]
    given = os.environ.get("CI_DATABASE_URL", "").rstrip("/")
    for server in [given] if given else local:
        try:
            psycopg.connect(f"{server}/postgres", connect_timeout=3).close()
        except psycopg.Error:
            continue
        return f"{server}/cairn_ci_{os.getpid()}"
    return None


def cache() -> str | None:
    address = os.environ.get("CI_REDIS_URL") or "redis://127.0.0.1:6379"
    try:
        redis.Redis.from_url(address, socket_connect_timeout=3).ping()
    except redis.RedisError:
        return None
    return f"{address.rstrip('/')}/8"


if __name__ == "__main__":
    found = {"database": database, "redis": cache}[sys.argv[1]]()
    sys.stdout.write(found or "")
    sys.exit(found is None)
