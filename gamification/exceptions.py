"""What this floor refuses, in words for the person who asked."""

from __future__ import annotations

from learning.exceptions import Refused


class BadRestDays(Refused):
    status = 400
    code = "too_many_rest_days"
    default = "At most two days a week can be rest days."


class BadVacation(Refused):
    """The detail says which rule it breaks."""

    status = 400
    code = "bad_vacation"
    default = "This vacation is not possible."


class NoVacationLeft(BadVacation):
    """The days are possible, but they are taken or used up."""


class NotMet(Refused):
    code = "not_met"
    default = "This challenge is not met yet."


class AlreadyClaimed(Refused):
    code = "already_claimed"
    default = "You have claimed this challenge already."


class AliasTaken(Refused):
    status = 409
    code = "alias_taken"
    default = "Somebody has this name already."


class BadAlias(Refused):
    """The detail says what is wrong with it."""

    status = 400
    code = "bad_alias"
    default = "This name can't be used."


class NameNeeded(Refused):
    status = 400
    code = "name_needed"
    default = "Say under which name the badge is shown."
