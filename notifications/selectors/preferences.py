"""What people chose to hear: the matrix of one person, and the answer for many at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from learning.models import User
from notifications.kinds import KINDS, Channel, Kind
from notifications.models import Choice, Manner


@dataclass(frozen=True)
class Choices:
    """The fields that people set themselves; anything else is as its kind says."""

    made: dict[tuple[int, str, str], bool]

    def wants(self, person: int, kind: str, channel: str) -> bool:
        meaning = KINDS[Kind(kind)]
        if channel in meaning.mandatory:
            return True
        return self.made.get((person, kind, channel), channel in meaning.default)


def choices_of(people: Iterable[int], *, kinds: Iterable[str]) -> Choices:
    """What these people chose for these kinds, in one question."""
    rows = Choice.objects.filter(person__in=set(people), kind__in=set(kinds))
    return Choices({(c.person_id, c.kind, c.channel): c.is_on for c in rows})


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
