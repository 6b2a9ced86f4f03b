#!/usr/bin/env python
"""G36: sign-in, reset and sign-up answer the same, in the same time, whether they know the address or not.

    python bench/same_answers.py [--tries 200]          SQLite, in a folder that is gone afterwards

Known and unknown addresses in turn, each from a network of its own, through the whole WSGI stack with the hashes of
production. The time is that of the processor, so that other work on the machine says nothing. Prints a line per form:

    G36 login: tries=200 status=200/200 same_body=True known=60.1ms unknown=60.3ms ratio=0.997
"""

from __future__ import annotations

import argparse
import logging
import os
import re
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
PASSWORD = "correct-horse-battery"
FORMS = {
    "login": ("/accounts/login/", lambda email: {"login": email, "password": "wrong-wrong-wrong"}),
    "token": ("/api/auth/token/", lambda email: {"email": email, "password": "wrong-wrong-wrong"}),
    "reset": ("/accounts/password/reset/", lambda email: {"email": email}),
    "signup": ("/accounts/signup/", lambda email: {"email": email, "password1": PASSWORD, "display_name": "Nia"}),
}
WITHIN = 0.1


def set_up(folder: str) -> None:
    os.environ.update(DJANGO_SETTINGS_MODULE="config.settings.dev", CAIRN_VAR=folder, ALLOWED_HOSTS="testserver")
    os.environ.update(DATABASE_URL="", REDIS_URL="")
    import django
    from django.core.management import call_command

    django.setup()
    logging.disable(logging.WARNING)
    call_command("migrate", verbosity=0)


def ask(path: str, body: dict, email: str, network: int) -> tuple[int, str, float]:
    """Status, where it leads and what it says without the address itself, and milliseconds of the processor."""
    from django.test import Client

    client, meta = Client(), {"REMOTE_ADDR": f"10.{network // 250}.{network % 250}.1"}
    if path.startswith("/api/"):
        meta["content_type"] = "application/json"
    began = time.process_time()
    answer = client.post(path, body, **meta)
    took = (time.process_time() - began) * 1000
    said = re.sub(r'value="[^"]{32,}"', "", answer.content.decode().replace(email, ""))
    return answer.status_code, answer.headers.get("Location", "") + said, took


def measure(name: str, tries: int) -> bool:
    from learning.models import User

    path, body = FORMS[name]
    made = User(email="x@example.org")
    made.set_password(PASSWORD)
    known = [f"known-{name}-{n}@example.org" for n in range(tries)]
    users = User.objects.bulk_create(User(email=e, display_name="K", password=made.password) for e in known)
    from allauth.account.models import EmailAddress

    EmailAddress.objects.bulk_create(EmailAddress(user=u, email=u.email, verified=True, primary=True) for u in users)
    found: dict[str, list[tuple[int, str, float]]] = {"known": [], "unknown": []}
    for n in range(-3, tries):  # the first ones load code
        for which, answers in found.items():
            email = f"{which}-{name}-{n}@example.org"
            answer = ask(path, body(email), email, 2 * n + (which == "known") + 10)
            if n >= 0:
                answers.append(answer)
    status = {which: {one[0] for one in answers} for which, answers in found.items()}
    same = {one[1] for one in found["known"]} == {one[1] for one in found["unknown"]}
    medians = {which: statistics.median(one[2] for one in answers) for which, answers in found.items()}
    ratio = medians["known"] / medians["unknown"]
    print(f"G36 {name}: tries={tries} status={'/'.join(str(*status[which]) for which in found)} same_body={same} "
          f"known={medians['known']:.1f}ms unknown={medians['unknown']:.1f}ms ratio={ratio:.3f}")  # fmt: skip
    return same and status["known"] == status["unknown"] and abs(ratio - 1) <= WITHIN


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--tries", type=int, default=200)
    tries = parser.parse_args().tries
    with tempfile.TemporaryDirectory() as folder:
        set_up(folder)
        good = [measure(name, tries) for name in FORMS]
    sys.exit(0 if all(good) else 1)


if __name__ == "__main__":
    main()
