"""What can be refused on this floor. `code` is what the API says; `status` is its HTTP status."""

from typing import ClassVar


class Refused(Exception):
    """An act that Cairn refuses, with words for the person who asked."""

    status: ClassVar[int] = 409
    code: ClassVar[str] = "conflict"
    default: ClassVar[str] = "This can't be done now."

    def __init__(self, detail: str = "") -> None:
        self.detail = detail or self.default
        super().__init__(self.detail)


class Unknown(Refused):
    """It does not exist for this person: unknown, draft, unpublished or somebody else's."""

    status = 404
    code = "not_found"
    default = "There is nothing here."


class NotEnrolled(Refused):
    status = 403
    code = "not_enrolled"
    default = "Enrol in this course first."


class TooMany(Refused):
    """A limit is reached; `retry_after` is in seconds."""

    status = 429
    code = "throttled"
    default = "Too many requests. Try again a little later."

    def __init__(self, detail: str = "", *, retry_after: int = 60) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class StillAtWork(Refused):
    """The same request is being answered right now, and takes longer than anybody waits for it."""

    code = "still_at_work"
    default = "The same request is still at work. Send it again a little later."


class KeyUsedBefore(Refused):
    status = 422
    code = "key_used_before"
    default = "This Idempotency-Key came with another body before."


class AttemptFinished(Refused):
    code = "attempt_finished"
    default = "This attempt is finished; start a new one to answer again."


class BadAnswers(Refused):
    """The answers do not fit the questions; `fields` names each."""

    status = 400
    code = "invalid"
    default = "Some answers do not fit their questions."

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__()
        self.fields = fields


class BadField(Refused):
    """Something in what was sent can't be used; `field` names what."""

    status = 400
    code = "invalid"

    def __init__(self, field: str, detail: str) -> None:
        super().__init__(detail)
        self.field = field


class BadVideo(BadField):
    """Ranges or position that cannot have been played."""


class BadBeat(Refused):
    """A beat among several that is not one."""

    status = 400
    code = "invalid"


class ImportRefused(Refused):
    """A course that cannot be imported; nothing was changed."""

    status = 400
    code = "import_refused"


class LastInstructor(Refused):
    code = "last_instructor"
    default = "A course needs at least one instructor."


class NothingToLearn(Refused):
    code = "nothing_to_learn"
    default = "Publish a lesson of this course first."
