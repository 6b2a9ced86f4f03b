"""What is shown, and under which name somebody stands on boards."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from gamification.exceptions import AliasTaken, BadAlias
from gamification.models import Preferences
from gamification.models.switches import PIECES
from gamification.signals import StandingChanged, standing_changed
from learning.models import User
from learning.once import insert_once

SHORTEST, LONGEST = 2, 24


@transaction.atomic
def turn(*, learner: User, switches: Mapping[str, bool], at: dt.datetime) -> None:
    """Turn pieces on or off; what is not named stays."""
    chosen = {piece: on for piece, on in switches.items() if piece in PIECES}
    if chosen:
        insert_once(Preferences(learner=learner))
        Preferences.objects.filter(learner=learner).update(**chosen)
        standing_changed.announce(StandingChanged(learner, at))


def choose_alias(*, learner: User, alias: str) -> None:
    """Stand on boards by this name; without one, on none. Raises BadAlias, and AliasTaken when it is somebody's."""
    name = " ".join(unicodedata.normalize("NFKC", alias).split())
    if name:
        _check(learner, name)
    insert_once(Preferences(learner=learner))
    try:
        with transaction.atomic():
            Preferences.objects.filter(learner=learner).update(alias=name or None)
    except IntegrityError as error:
        raise AliasTaken from error


def _check(learner: User, name: str) -> None:
    if not SHORTEST <= len(name) <= LONGEST:
        raise BadAlias(_("Choose 2 to 24 characters."))
    if not all(c.isalnum() or c in " -_'.’" for c in name) or not any(c.isalnum() for c in name):
        raise BadAlias(_("Letters, digits, spaces, hyphens and apostrophes only."))
    # An alias is there so that nobody need be known: an address is never one.
    if learner.email.partition("@")[0].casefold() == name.casefold():
        raise BadAlias(_("This would give away a part of your email address."))
