"""What people chose to hear: the matrix of one person, and the answer for many at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import BigIntegerField, BooleanField, CharField, TextField, Value

from learning.models import User
from notifications.kinds import KINDS, Channel, Kind
from notifications.models import Choice, Manner, Template


@dataclass(frozen=True)
class Choices:
    """The fields that people set themselves; anything else is as its kind says. `templates` are those of inboxes."""

    made: dict[tuple[int, str, str], bool]
    templates: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)

    def wants(self, person: int, kind: str, channel: str) -> bool:
        meaning = KINDS[Kind(kind)]
        if channel in meaning.mandatory:
            return True
        return self.made.get((person, kind, channel), channel in meaning.default)


def choices_of(people: Iterable[int], *, kinds: Iterable[str]) -> Choices:
    """What these people chose for these kinds, and the words that inboxes have for them, in one question."""
    kinds = set(kinds)
    none = Value("", output_field=CharField())
    made = Choice.objects.filter(person__in=set(people), kind__in=kinds).order_by()
    ours = made.values_list("person_id", "kind", "channel", "is_on", none, none, Value("", output_field=TextField()))
    words = Template.objects.filter(channel=Channel.IN_APP, kind__in=kinds).order_by()
    nobody, yes = Value(0, output_field=BigIntegerField()), Value(True, output_field=BooleanField())
    rows = list(ours.union(words.values_list(nobody, "kind", "channel", yes, "language", "title", "body"), all=True))
    return Choices(
        {(person, kind, channel): bool(is_on) for person, kind, channel, is_on, *_ in rows if person},
        {(kind, language): (title, body) for person, kind, _c, _on, language, title, body in rows if not person},
    )


def matrix_of(person: User) -> dict[str, dict[str, bool]]:
    """Kind by kind and channel by channel, whether this person is told; of the kinds that can be chosen."""
    offered = [kind for kind, meaning in KINDS.items() if meaning.is_offered]
    choices = choices_of([person.pk], kinds=offered)
    return {
        str(kind): {str(channel): choices.wants(person.pk, kind, channel) for channel in Channel} for kind in offered
    }


def manner_of(person: User) -> Manner:
    """How this person wants to be written to; as everybody, where they said nothing."""
    return Manner.objects.filter(person=person).first() or Manner(person=person)
