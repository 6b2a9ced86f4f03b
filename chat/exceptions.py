"""What this floor refuses."""

from learning.exceptions import Refused


class AnsweredAlready(Refused):
    code = "answered_already"
    default = "Another answer stands there. Take it back first."


class NothingSaid(Refused):
    status = 400
    code = "invalid"
    default = "Write an answer first."
