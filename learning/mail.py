"""Mail that waits in the outbox: one recipient a message, one message a row, the same Message-ID at every try."""

from __future__ import annotations

import datetime as dt
import smtplib
import uuid
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from learning import outbox
from learning.models import Outbox

KIND = "learning.mail"
# A mail server may take EMAIL_TIMEOUT for each of its answers.
LEASE = dt.timedelta(minutes=2)


def post(*, to: str, subject: str, text: str, html: str = "", at: dt.datetime) -> Outbox:
    """Ask for a mail, in the transaction that the caller is in."""
    payload = {"to": to, "subject": subject, "text": text, "html": html}
    return outbox.put(KIND, f"mail:{uuid.uuid4().hex}", payload, at=at)


@outbox.handles(KIND, queue="mail", lease=LEASE)
def send(key: str, payload: dict[str, Any]) -> None:
    """Hand the mail to the mail server, then forget what it said: codes and links do not stay in the table.

    A refused recipient or message (5xx) is given up at once; everything else is tried again.
    """
    if "text" not in payload:
        return  # sent by an earlier try that could not mark its row
    try:
        _message(key, payload).send()
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as error:
        if not is_final(error):
            raise
        _empty(key, payload)
        raise outbox.GiveUp(str(error)) from error
    _empty(key, payload)


def message_id(key: str) -> str:
    """Made from the row's key: a second delivery after a crash can be told from a second mail."""
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    return f"<{key.replace(':', '.')}@{host}>"


def _message(key: str, payload: dict[str, Any]) -> EmailMultiAlternatives:
    headers = {"Message-ID": message_id(key), "Auto-Submitted": "auto-generated"}
    message = EmailMultiAlternatives(payload["subject"], payload["text"], to=[payload["to"]], headers=headers)
    if payload["html"]:
        message.attach_alternative(payload["html"], "text/html")
    return message


def is_final(error: smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError) -> bool:
    """Whether the server refused for good (5xx): trying again can't help."""
    if isinstance(error, smtplib.SMTPDataError):
        return error.smtp_code >= 500
    return all(code >= 500 for code, _reason in error.recipients.values())


def _empty(key: str, payload: dict[str, Any]) -> None:
    Outbox.objects.filter(key=key).update(payload={"to": payload["to"]})
