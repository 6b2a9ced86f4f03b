"""Failed sign-ins: at most so many in a window, for each account and for each address.

An attempt is counted *before* the password is looked at and given back when it was right. So sixty wrong passwords at
once are ten failures, and a limit can't be passed by being fast. Known and unknown accounts count alike.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.db.models import F
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from learning.exceptions import TooMany
from learning.limits import network_of
from learning.models import SigninFailures, User

_CONSUME = """
INSERT INTO learning_signinfailures AS counted (key, failures, window_ends_at) VALUES (%(key)s, 1, %(ends)s)
ON CONFLICT (key) DO UPDATE SET
    failures = CASE WHEN counted.window_ends_at <= %(now)s THEN 1 ELSE counted.failures + 1 END,
    window_ends_at = CASE WHEN counted.window_ends_at <= %(now)s THEN %(ends)s ELSE counted.window_ends_at END
WHERE counted.window_ends_at <= %(now)s OR counted.failures < %(limit)s
RETURNING id
"""


@dataclass(frozen=True)
class Attempt:
    """A sign-in that is counted as failed until it is given back."""

    keys: tuple[str, ...]
    at: dt.datetime

    def give_back(self) -> None:
        """The password was right: this attempt is no failure. Earlier failures stay counted.

        One row a statement: two that lock the same rows in different orders would wait for one another.
        """
        for key in self.keys:
            ours = SigninFailures.objects.filter(key=key, failures__gt=0, window_ends_at__gt=self.at)
            ours.update(failures=F("failures") - 1)


def begin(*, account: str, address: str, at: dt.datetime) -> Attempt:
    """Count one attempt for the account and the address, or refuse it (TooMany) when either has failed too often."""
    taken: list[str] = []
    for key in (_key("address", network_of(address)), _account_key(account)):
        if not _consume(key, at=at):
            Attempt(tuple(taken), at).give_back()
            raise _refusal(key, at=at)
        taken.append(key)
    return Attempt(tuple(taken), at)


def forgive(account: str) -> None:
    """Forget the account's failures: whoever reset the password has shown that the mailbox is theirs."""
    SigninFailures.objects.filter(key=_account_key(account)).delete()


def forget_old(*, at: dt.datetime) -> int:
    """Drop the counts whose window is over."""
    return SigninFailures.objects.filter(window_ends_at__lte=at).delete()[0]


def _consume(key: str, *, at: dt.datetime) -> bool:
    """One statement, so that attempts at once are counted one after the other; False when none is left."""
    moment = connection.ops.adapt_datetimefield_value
    ends = at + dt.timedelta(seconds=settings.SIGNIN_WINDOW_SECONDS)
    values = {"key": key, "now": moment(at), "ends": moment(ends), "limit": settings.SIGNIN_FAILURES}
    with connection.cursor() as cursor:
        cursor.execute(_CONSUME, values)
        return cursor.fetchone() is not None


def _refusal(key: str, *, at: dt.datetime) -> TooMany:
    ends = SigninFailures.objects.filter(key=key).values_list("window_ends_at", flat=True).first()
    wait = max(1, math.ceil((ends - at).total_seconds())) if ends else 1
    minutes = math.ceil(wait / 60)
    return TooMany(
        _("Too many failed sign-ins. Try again in %(minutes)s min.") % {"minutes": minutes}, retry_after=wait
    )


def _account_key(account: str) -> str:
    return _key("account", User.objects.normalize_email(account))


def _key(kind: str, value: str) -> str:
    """A digest: the table tells nobody who signs in from where."""
    return salted_hmac("learning.signin", f"{kind}:{value}", algorithm="sha256").hexdigest()
