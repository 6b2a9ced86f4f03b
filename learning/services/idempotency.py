"""The same request twice: done once, answered twice, for a day."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.db import OperationalError, connection, transaction

from learning.exceptions import KeyUsedBefore, StillAtWork
from learning.models import KeptAnswer, User

KEPT_FOR = dt.timedelta(hours=24)
WAIT_MS = 2000
LOCK_NOT_AVAILABLE = "55P03"

_CLAIM = """
INSERT INTO learning_keptanswer AS kept (caller_id, request, asked, made_at, content_type, body)
VALUES (%(caller)s, %(request)s, %(asked)s, %(at)s, '', '')
ON CONFLICT (caller_id, request) DO UPDATE SET asked = EXCLUDED.asked, made_at = EXCLUDED.made_at, status = NULL
WHERE kept.made_at <= %(over)s
RETURNING id
"""


@dataclass(frozen=True)
class Answer:
    """What was sent: status, content type and body."""

    status: int
    content_type: str
    body: str

    @property
    def is_ours_to_mend(self) -> bool:
        """Failures and full limits are of the moment: whoever asks again may fare better."""
        return self.status >= HTTPStatus.INTERNAL_SERVER_ERROR or self.status == HTTPStatus.TOO_MANY_REQUESTS


@dataclass(frozen=True)
class Asked:
    """One request under a key: whose it is, and digests of which one it is and of what it says."""

    caller: User
    request: str
    body: str


def asked(*, caller: User, method: str, path: str, key: str, body: Any) -> Asked:
    """`body` is what the JSON says: its spaces and the order of its members make no difference."""
    return Asked(caller, _digest([method, path, key]), _digest(body))


def kept_answer(request: Asked, *, at: dt.datetime) -> Answer | None:
    """What was answered to this request in the last day, if anything. Raises KeyUsedBefore for another body."""
    rows = KeptAnswer.objects.filter(caller=request.caller, request=request.request, made_at__gt=at - KEPT_FOR)
    kept = rows.exclude(status=None).first()
    if kept is None:
        return None
    if kept.asked != request.body:
        raise KeyUsedBefore
    return Answer(kept.status or 0, kept.content_type, kept.body)


@transaction.atomic
def answer_once(request: Asked, act: Callable[[], Answer], *, at: dt.datetime) -> Answer:
    """Act and keep the answer, in one transaction; or the answer that is kept, also when somebody is just making it.

    The claim is the first thing that the transaction writes, so another one under the same key waits for its end, at
    most 2 s (StillAtWork), and finds the answer. A crash takes the claim back together with what was done. An answer
    that is ours to mend takes back both as well.
    """
    row = _claim(request, at=at)
    if row is None:
        return _answer_of_another(request, at=at)
    answer = act()
    if answer.is_ours_to_mend:
        transaction.set_rollback(True)
        return answer
    KeptAnswer.objects.filter(pk=row).update(status=answer.status, content_type=answer.content_type, body=answer.body)
    return answer


def _claim(request: Asked, *, at: dt.datetime) -> int | None:
    """The row, when nobody has asked this in the last day. SQLite lets others wait where their transaction begins."""
    moment = connection.ops.adapt_datetimefield_value
    values: dict[str, Any] = {
        "request": request.request,
        "asked": request.body,
        "caller": request.caller.pk,
        "at": moment(at),
        "over": moment(at - KEPT_FOR),
    }
    with connection.cursor() as cursor:
        _set_patience(cursor, f"{WAIT_MS}ms")
        try:
            cursor.execute(_CLAIM, values)
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", "") == LOCK_NOT_AVAILABLE:
                raise StillAtWork from error
            raise
        row = cursor.fetchone()
        _set_patience(cursor, "DEFAULT")
    return row[0] if row else None


def _set_patience(cursor: Any, wait: str) -> None:
    if connection.vendor == "postgresql":
        cursor.execute(f"SET LOCAL lock_timeout TO {wait if wait == 'DEFAULT' else repr(wait)}")


def _answer_of_another(request: Asked, *, at: dt.datetime) -> Answer:
    answer = kept_answer(request, at=at)
    if answer is None:  # forgotten this very moment
        raise StillAtWork
    return answer


def _digest(what: Any) -> str:
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()
