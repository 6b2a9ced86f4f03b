"""What can be refused on this floor."""

from learning.exceptions import Refused


class NotFlagged(Refused):
    """The flag no longer holds."""

    code = "flag_is_over"
    default = "This flag no longer holds."


class BadUntil(Refused):
    """A day that lies behind, or too far ahead."""

    status = 400
    code = "invalid"
    default = "Choose a day between tomorrow and a year from now."
