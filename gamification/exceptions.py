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
