"""What can be refused on this floor."""

from __future__ import annotations

from learning.exceptions import BadField, Refused


class PushIsOff(Refused):
    """This site is not set up to send to such a device."""

    code = "push_is_off"


class BadSubscription(BadField):
    """A subscription that nothing can be sent to; `field` names what is wrong."""


class TooManyDevices(Refused):
    code = "too_many_devices"
    default = "Remove a device that you no longer use first."


class SmsIsOff(Refused):
    code = "sms_is_off"
    default = "This site sends no text messages."


class BadNumber(Refused):
    status = 400
    code = "bad_number"
    default = "Give the number with + and the code of its country first, for example +34 600 000 000."


class WrongCode(Refused):
    status = 400
    code = "wrong_code"
    default = "This is not the code that was sent."


class CodeIsOver(Refused):
    code = "code_is_over"
    default = "This code can't be used any more. Ask for a new one."


class NotYours(Refused):
    """Something that this person sees and may not do."""

    status = 403
    code = "permission_denied"
    default = "You may not do this."
