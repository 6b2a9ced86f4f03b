"""Other processes of Cairn on the database of the test that is running."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

from django.db import connection

ROOT = Path(__file__).resolve().parents[1]
BEGIN = "import django; django.setup()\n"
# The process is ready, and waits until it is told to go on.
WAIT = "import sys; print('ready', flush=True); sys.stdin.readline()\n"


def here() -> str:
    """The DATABASE_URL of the database that this test has."""
    has = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{has['NAME']}"
    who = quote(has["USER"], safe="") + (f":{quote(has['PASSWORD'], safe='')}" if has["PASSWORD"] else "")
    return f"postgres://{who}@{has['HOST']}:{has['PORT'] or 5432}/{has['NAME']}"


def start(code: str, **variables: str) -> subprocess.Popen[str]:
    """Run `code` in a process of its own, in which Django is set up; it has to be waited for."""
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.test", "DATABASE_URL": here(), **variables}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen([sys.executable, "-c", BEGIN + code], cwd=ROOT, env=env, text=True, **pipes)


def together(code: str, *, processes: int, **variables: str) -> list[str]:
    """Start `code` in several processes; all go on from `WAIT` together. What each of them then printed."""
    started = [start(code, **variables) for _ in range(processes)]
    try:
        for process in started:
            said = process.stdout.readline()
            assert said == "ready\n", said + process.stderr.read()
        for process in started:
            process.stdin.write("go\n")
            process.stdin.flush()
        ended = [process.communicate(timeout=60) for process in started]
        assert [p.returncode for p in started] == [0] * processes, ended
        return [out for out, _err in ended]
    finally:
        for process in started:
            process.kill()
            process.wait()
