"""Databases that a bench makes, fills and drops."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def test_database() -> Iterator[Path]:
    """Django set up over a test database: SQLite in a folder that goes away, or beside the one that DATABASE_URL names.

    Yields the folder, which is CAIRN_VAR.
    """
    with tempfile.TemporaryDirectory(prefix="cairn-bench-") as folder:
        os.environ.update(DJANGO_SETTINGS_MODULE="config.settings.test", CAIRN_VAR=folder)
        import django

        django.setup()
        from django.test.utils import setup_databases, teardown_databases

        made = setup_databases(verbosity=0, interactive=False)
        try:
            yield Path(folder)
        finally:
            teardown_databases(made, verbosity=0)


@contextmanager
def own_database() -> Iterator[None]:
    """A database of several processes: on the server that DATABASE_URL names, made anew and gone afterwards.

    Without DATABASE_URL nothing is done: SQLite lies in the run's own folder.
    """
    url = os.environ.get("DATABASE_URL", "")
    if not url:
        yield
        return
    import psycopg

    server, name = url.rpartition("/")[0], f"cairn_faults_{os.getpid()}"
    with psycopg.connect(f"{server}/postgres".replace("postgres://", "postgresql://", 1), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        os.environ["DATABASE_URL"] = f"{server}/{name}"
        try:
            yield
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
