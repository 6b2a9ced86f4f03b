"""A phone number: given with consent, proved by a code, withdrawn at any time."""

from __future__ import annotations

import datetime as dt
import re
import secrets
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from learning import outbox
from learning.exceptions import TooMany
from learning.limits import take_one
from learning.models import User
from notifications.channels import gateway
from notifications.channels.sms import hand_over
from notifications.exceptions import BadNumber, CodeIsOver, SmsIsOff, WrongCode
from notifications.models import Phone

KIND = "notifications.sms_code"
# Raise it when the words that people agree to change (templates/notifications/sms_consent.html).
CONSENT_VERSION = "2026-11"
CODE_LASTS = dt.timedelta(minutes=10)
MOST_TRIES = 5
# Of all people together: a bill has an end, whoever asks for codes.
SITE_TIMES = 100
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")


def clean_number(text: str) -> str:
    """The number as E.164 writes it; what people put between digits is dropped."""
    number = re.sub(r"[\s().\-/]", "", text)
    if number.startswith("00"):
        number = f"+{number[2:]}"
    if not (number.isascii() and _NUMBER.fullmatch(number)):
        raise BadNumber
    return number


def ask_code(*, person: User, number: str, at: dt.datetime) -> Phone:
    """Write down what they agreed to and send a code to the number. What was asked for before counts no more."""
    if gateway.for_sms() is None:
        raise SmsIsOff
    number = clean_number(number)
    _count(person, number, at=at)
    with transaction.atomic():
        User.objects.select_for_update().get(pk=person.pk)
        withdraw(person, at=at)
        phone = Phone.objects.create(
            person=person,
            number=number,
            consent_at=at,
            consent_version=CONSENT_VERSION,
            code_nonce=secrets.token_hex(16),
            code_expires_at=at + CODE_LASTS,
        )
        outbox.put(KIND, f"sms-code:{phone.pk}", {"phone": phone.pk}, at=at)
    return phone


def confirm(*, person: User, code: str, at: dt.datetime) -> Phone:
    """The code was right: the number is theirs, and nobody else's any more. A try is counted before it is looked at."""
    waiting = Phone.objects.of(person).standing().filter(verified_at=None, code_expires_at__gt=at)
    phone = waiting.first()
    if phone is None or not waiting.filter(pk=phone.pk, tries__lt=MOST_TRIES).update(tries=F("tries") + 1):
        raise CodeIsOver
    if not constant_time_compare(code_of(phone), code.strip()):
        raise WrongCode
    try:
        _verify(phone, at=at)
    except IntegrityError:
        raise CodeIsOver from None  # somebody else proved the same number in this very moment
    return phone


def withdraw(person: User, *, at: dt.datetime) -> bool:
    """Write to their number no more; whether there was one. What they had agreed to stays written down."""
    standing = Phone.objects.of(person).standing()
    asked = standing.filter(verified_at=None).delete()[0]
    return bool(standing.update(withdrawn_at=at) or asked)


def withdraw_number(number: str, *, at: dt.datetime) -> bool:
    """Whoever holds this phone has answered STOP."""
    return bool(Phone.objects.in_use().filter(number=number).update(withdrawn_at=at))


def code_of(phone: Phone) -> str:
    """Six digits that only this site can make from the row."""
    digest = salted_hmac("notifications.phones", f"{phone.pk}:{phone.code_nonce}", algorithm="sha256").digest()
    return f"{int.from_bytes(digest[:8], 'big') % 10**6:06}"


@outbox.handles(KIND, patience=CODE_LASTS)
def send_code(key: str, payload: dict[str, Any]) -> None:
    """Send it, unless it has been used, withdrawn or has run out while it waited."""
    phone = Phone.objects.standing().select_related("person").filter(pk=payload["phone"], verified_at=None).first()
    if phone is None or phone.code_expires_at <= timezone.now():
        return
    with translation.override(phone.person.language):
        text = _("%(code)s is your code for %(site)s. It is good for ten minutes.")
    said = {"code": code_of(phone), "site": settings.SITE_URL.partition("://")[2]}
    try:
        hand_over(phone.number, text % said, key=key)
    except gateway.Gone as gone:
        raise outbox.GiveUp(str(gone)) from gone


@transaction.atomic
def _verify(phone: Phone, *, at: dt.datetime) -> None:
    Phone.objects.in_use().filter(number=phone.number).update(withdrawn_at=at)
    if not Phone.objects.standing().filter(pk=phone.pk, verified_at=None).update(verified_at=at):
        raise CodeIsOver
    phone.verified_at = at


def _count(person: User, number: str, *, at: dt.datetime) -> None:
    """For each person, each number and all together."""
    tomorrow = (at + dt.timedelta(days=1)).astimezone(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    most = settings.SMS_CODES_A_DAY
    for whose, limit in ((f"person:{person.pk}", most), (f"number:{number}", most), ("site", most * SITE_TIMES)):
        if not take_one(f"sms-code:{whose}", limit=limit, ends_at=tomorrow):
            wait = int((tomorrow - at).total_seconds()) + 1
            raise TooMany(_("No more codes can be sent today. Try again tomorrow."), retry_after=wait)
