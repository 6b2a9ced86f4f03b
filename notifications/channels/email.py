"""Email: one recipient a message, HTML and its plain twin, the same Message-ID at every attempt."""

from __future__ import annotations

import datetime as dt
import smtplib

from django.core.mail import EmailMultiAlternatives

from learning import outbox
from learning.mail import is_final, message_id
from learning.models import User
from notifications import channels
from notifications.channels import AddressGone, Rendered
from notifications.kinds import Channel
from notifications.models import DeadAddress
from notifications.rendering.links import unsubscribe_url


class Email:
    """To the address that somebody signs in with, while it takes our mail."""

    key = Channel.EMAIL.value
    has_one_address = True

    def addresses(self, person: User) -> list[str]:
        dead = DeadAddress.objects.filter(person=person, channel=self.key, address=person.email)
        return [""] if person.email and not dead.exists() else []

    def send(self, *, person: User, address: str, message: Rendered, key: str) -> None:
        try:
            _mail(person, message, key).send()
        except smtplib.SMTPRecipientsRefused as error:
            if not is_final(error):
                raise
            raise (outbox.GiveUp if _is_policy(error) else AddressGone)(_said(error)) from error
        except smtplib.SMTPDataError as error:
            if is_final(error):
                raise outbox.GiveUp(str(error)) from error
            raise
        except Exception as error:
            if final := _from_provider(error):
                raise final from error
            raise

    def disable(self, *, person: User, address: str, reason: str, at: dt.datetime) -> str:
        row = {"person": person, "channel": self.key, "address": person.email}
        DeadAddress.objects.get_or_create(**row, defaults={"reason": reason[:500], "since": at})
        return person.email


def _mail(person: User, message: Rendered, key: str) -> EmailMultiAlternatives:
    headers = {
        "Message-ID": message_id(key),
        "Auto-Submitted": "auto-generated",
        "List-Unsubscribe": f"<{unsubscribe_url(person, message.kind, Channel.EMAIL)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    mail = EmailMultiAlternatives(message.title, message.text, to=[person.email], headers=headers)
    mail.attach_alternative(message.html, "text/html")
    return mail


def _from_provider(error: Exception) -> Exception | None:
    """What a provider's refusal (Anymail) means, where trying again can't help: 408, 425, 429 and 5xx can."""
    names = {kind.__name__ for kind in type(error).__mro__}
    if "AnymailRecipientsRefused" in names:
        return AddressGone(str(error)[:500])
    status = getattr(error, "status_code", None)
    if "AnymailAPIError" in names and status and 400 <= status < 500 and status not in (408, 425, 429):
        return outbox.GiveUp(str(error)[:500])
    return None


def _is_policy(error: smtplib.SMTPRecipientsRefused) -> bool:
    """Whether the server refuses us rather than the address (RFC 3463: X.7.X is security or policy)."""
    return " 5.7." in f" {_said(error).partition(' ')[2]}"


def _said(error: smtplib.SMTPRecipientsRefused) -> str:
    """What the server said about the one recipient."""
    return "; ".join(
        f"{code} {reason.decode(errors='replace') if isinstance(reason, bytes) else reason}"
        for code, reason in error.recipients.values()
    )


channels.register(Email())
