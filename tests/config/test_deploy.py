"""What `deploy/` and docs/deploy.md say can be done: each file is there, each command is one, each variable is read."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.core.management import get_commands, load_command_class

ROOT = Path(settings.BASE_DIR)
DEPLOY = ROOT / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: has for name, has in SERVICES.items() if has["image"] == "cairn"}
PROCESSES = {"web", "streams", "relay", "worker", "clock"}


def dockerfile(word: str) -> list[str]:
    whole = (DEPLOY / "Dockerfile").read_text().replace("\\\n", " ")
    return [line.partition(" ")[2].strip() for line in whole.splitlines() if line.startswith(word + " ")]


def example() -> dict[str, str]:
    lines = (DEPLOY / ".env.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


@cache
def read_somewhere() -> str:
    """All code that reads variables, as one text."""
    files = [*(ROOT / "config").rglob("*.py"), *DEPLOY.glob("*.py")]
    return "\n".join(path.read_text() for path in files)


def is_read(name: str) -> bool:
    return bool(re.search(rf"""["']{name}["']""", read_somewhere()))


def procfile() -> dict[str, list[str]]:
    lines = (DEPLOY / "Procfile").read_text().splitlines()
    return {name: shlex.split(command) for name, _, command in (line.partition(":") for line in lines)}


def in_container(name: str) -> list[str]:
    """The command of a service; the image's own where it names none."""
    return SERVICES[name].get("command") or yaml.safe_load(dockerfile("CMD")[0])


def check(command: list[str]) -> None:
    """Let the program read its own command line: an option that it does not know ends it."""
    if command[0] == "env":
        command = command[2:]
    program, *words = command
    if program == "python" and words[0] == "manage.py":
        load_command_class(get_commands()[words[1]], words[1]).create_parser("manage.py", words[1]).parse_args(
            words[2:]
        )
    elif program == "python":
        assert (ROOT / words[0]).is_file(), command
    elif program == "gunicorn":
        from gunicorn.config import Config

        given = Config(prog="gunicorn").parser().parse_args(words)
        assert (ROOT / given.config).is_file()
        assert given.args == [settings.WSGI_APPLICATION.replace(".application", ":application")]
    elif program == "uvicorn":
        from uvicorn import main

        assert main.make_context("uvicorn", list(words)).params["app"] == "config.asgi:application"
    elif program == "celery":
        from celery.app.utils import find_app
        from celery.bin.base import CLIContext
        from celery.bin.celery import celery

        option, app, name, *options = words
        assert option == "-A"
        whole = CLIContext(app=find_app(app), no_color=True, workdir=None)
        given = celery.commands[name].make_context(name, options, obj=whole).params
        assert set(given.get("queues") or []) <= {queue.name for queue in settings.CELERY_TASK_QUEUES}
    else:
        raise AssertionError(f"nobody here knows {program}")


def test_every_process_of_the_picture_is_a_service_and_a_line_of_the_procfile():
    assert set(procfile()) == PROCESSES
    assert set(OURS) == {*PROCESSES, "migrate"}
    assert set(SERVICES) - set(OURS) == {"postgres", "redis", "proxy"}


@pytest.mark.parametrize("name", sorted(OURS))
def test_the_command_of_each_container_is_one_that_its_program_takes(name):
    check(in_container(name))
    if "healthcheck" in SERVICES[name]:
        kind, *command = SERVICES[name]["healthcheck"]["test"]
        assert kind == "CMD"
        check(command)


@pytest.mark.parametrize("name", sorted(PROCESSES))
def test_on_one_machine_the_same_runs_as_in_containers_and_the_page_says_it(name):
    command = procfile()[name]
    check(command)
    bare = [word for word in command if word != "env" and not word.startswith("DATABASE_STATEMENT_MS=")]
    assert [word.replace("0.0.0.0", "127.0.0.1") for word in in_container(name)] == bare
    page = [
        shlex.split(line) for line in (ROOT / "docs/deploy.md").read_text().splitlines() if line.startswith(command[0])
    ]
    assert command in page
    given = [word.partition("=")[2] for word in command if word.startswith("DATABASE_STATEMENT_MS=")]
    assert given == [value for value in [SERVICES[name]["environment"].get("DATABASE_STATEMENT_MS")] if value]


def test_every_file_that_containers_and_image_name_is_there():
    ignored = (ROOT / ".dockerignore").read_text().split()
    for has in OURS.values():
        assert (DEPLOY / has["build"]["context"] / has["build"]["dockerfile"]).resolve() == DEPLOY / "Dockerfile"
    for line in dockerfile("COPY"):
        *sources, _target = [word for word in line.split() if not word.startswith("--")]
        for source in sources if "--from" not in line else []:
            assert (ROOT / source).exists(), source
            assert source.split("/")[0] not in ignored, source
    for has in SERVICES.values():
        for volume in has.get("volumes", []):
            outside = re.split(r":(?![?}][^}]*})", re.sub(r"\$\{[^}]*\}", "$given", volume))[0]
            known = outside == "$given" or outside in COMPOSE["volumes"] or (DEPLOY / outside).is_file()
            assert known, volume
    # What the application reads or runs at its start must not be kept out of the image.
    assert not {"manage.py", "config", "deploy", "templates", *settings.INSTALLED_APPS[-6:]} & set(ignored)


def test_every_variable_is_in_the_example_and_every_one_of_the_example_is_read():
    written = (DEPLOY / "compose.yaml").read_text()
    asked = set(re.findall(r"\$\{(\w+)", written.replace("$$", "")))
    assert asked <= set(example())
    assert {name for name in example() if not is_read(name)} <= asked
    given = {name for has in OURS.values() for name in has["environment"]}
    assert all(is_read(name) for name in given), given
    assert SERVICES["web"]["env_file"] == ".env"


def test_each_waits_for_what_it_needs_and_what_is_waited_for_can_say_so():
    for name, has in SERVICES.items():
        waits = has.get("depends_on", {})
        assert set(waits) <= set(SERVICES), name
        for other, how in waits.items():
            if how["condition"] == "service_healthy":
                assert "healthcheck" in SERVICES[other], (name, other)
            if how["condition"] == "service_completed_successfully":
                assert SERVICES[other]["restart"] == "no", (name, other)
    assert SERVICES["migrate"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    assert all("migrate" in OURS[name]["depends_on"] for name in PROCESSES)


def test_the_proxys_command_leads_to_the_containers_and_carries_the_sites_name(tmp_path):
    shell, option, command = SERVICES["proxy"]["command"]
    assert (shell, option) == ("sh", "-c")
    (tmp_path / "default.conf").touch()
    for inside, here in (
        ("/etc/nginx/templates/cairn.conf", DEPLOY / "nginx.conf"),
        ("/etc/nginx/conf.d", tmp_path),
        ("$$", "$"),  # as compose reads it
        ("exec nginx -g 'daemon off;'", "true"),
    ):
        assert inside in command
        command = command.replace(inside, str(here))
    env = {"PATH": os.environ["PATH"], "SITE_URL": "https://learn.example"}
    subprocess.run(["sh", "-ec", command], env=env, check=True)
    made = (tmp_path / "default.conf").read_text()
    assert "server web:8000;" in made
    assert "server streams:8001;" in made
    assert "127.0.0.1" not in made
    assert "cairn.example" not in made
    assert "server_name learn.example;" in made
    assert "return 301 https://learn.example$request_uri;" in made


def test_while_cairn_is_away_the_proxy_says_503_everywhere():
    said = re.findall(r"error_page 502 503 504 (.*);", (DEPLOY / "nginx.conf").read_text())
    assert said == ["=503 @away_page", *["=503 @away"] * 3]  # pages; streams, chat and the rest of the API
