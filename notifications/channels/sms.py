"""Text messages, through the operator's gateway, to verified numbers whose owner agreed.

An address is a row's number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from learning.outbox import GiveUp
from notifications import channels
from notifications.channels import AddressGone, Rendered, gateway
from notifications.models import Phone

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from learning.models import User

# Two parts of a text message where every letter is one of GSM's, a little more than four where one is not.
MOST_LETTERS = 300


class Sms:
    """The title, and the address of the page it is about."""

    key = "sms"

    def addresses(self, person: User) -> list[str]:
        return self.addresses_of([person]).get(person.pk, [])

    def addresses_of(self, people: Iterable[User]) -> dict[int, list[str]]:
        if gateway.for_sms() is None:
            return {}
        rows = Phone.objects.in_use().filter(person__in=[person.pk for person in people])
        return {person: [str(pk)] for pk, person in rows.values_list("pk", "person")}

    def send(self, *, person: User, address: str, message: Rendered, key: str) -> None:
        """Consent is asked again: it may have been withdrawn while this waited."""
        phone = Phone.objects.of(person).in_use().filter(pk=int(address)).first()
        if phone is None:
            raise GiveUp("The consent was withdrawn.")
        try:
            hand_over(phone.number, text_of(message), key=key)
        except gateway.Gone as gone:
            raise AddressGone(str(gone)) from gone

    def disable(self, *, person: User, address: str, reason: str, at: dt.datetime) -> str:
        phone = Phone.objects.of(person).in_use().filter(pk=int(address)).first()
        if phone is None:
            return ""
        Phone.objects.filter(pk=phone.pk).update(withdrawn_at=at)
        return phone.masked


def hand_over(number: str, text: str, *, key: str) -> None:
    """Give one text to the gateway."""
    through = gateway.for_sms()
    if through is None:
        raise GiveUp("SMS_URL is not set")
    through.send({"to": number, "text": text}, key=key)


def text_of(message: Rendered) -> str:
    """The title and where it leads; a long title gives way to the address."""
    room = MOST_LETTERS - len(message.url) - 1
    title = message.title if len(message.title) <= room else message.title[: max(room - 1, 0)] + "…"
    return f"{title} {message.url}".strip()


channels.register(Sms())
