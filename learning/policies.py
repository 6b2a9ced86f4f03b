"""Who may do what, in one table: the names that views declare, and each role's answer.

Every address declares the policies that it serves under (`policy` on a function or an admin action, `policies` on a
class); one that declares none fails `manage.py check` and does not start (config.checks). What a policy promises is
held by tests/conformance/test_matrix.py for every address, method and role.

Two rules divide the work: **the queryset hides, the policy refuses.** What a person may not know of is not in their
queryset and answers 404 like something that does not exist; what they may see and not do answers 403.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar


class Role(StrEnum):
    """Who asks, as they stand to the thing that they ask for."""

    VISITOR = "An"  # not signed in
    LEARNER = "L"  # enrolled; the thing is their own
    OTHER_LEARNER = "L2"  # enrolled in the same course; the thing is somebody else's
    OUTSIDER = "NE"  # signed in, not enrolled
    INSTRUCTOR = "I"  # teaches the course
    OTHER_INSTRUCTOR = "I2"  # teaches another one
    STAFF = "St"  # group Staff
    SUPERUSER = "Su"
    TOKEN = "Tk"  # noqa: S105  (a learner's API token)
    LINK = "Lk"  # holder of a signed link


class Answer(StrEnum):
    """What a role is answered."""

    YES = "yes"
    OWN = "own"  # for their own things; anybody else's do not exist for them
    READ = "ro"  # may look, not change
    HIDDEN = "-"  # 404, as for what does not exist
    REFUSED = "x"  # 403
    SIGN_IN = "in"  # pages lead to the sign-in, the API answers 401
    NONE = "n"  # has no meaning for this role


# The first word of a line is the name. `Tk` stands for a learner's token; pages know no tokens, so what has no
# endpoint has no answer there. An instructor of another course is to a published course what anybody else is.
_TABLE = """
                      An  L   L2  NE  I   I2  St  Su  Tk  Lk
public.read           yes yes yes yes yes yes yes yes yes n
service.health        yes yes yes yes yes yes yes yes yes n
catalogue.read        yes yes yes yes yes yes yes yes yes n
course.read           yes yes yes yes yes yes yes yes yes n
course.draft          -   -   -   -   yes -   ro  ro  -   n
course.enrol          in  yes yes yes yes yes yes yes yes n
course.leave          in  own own own own own own own own n
course.publish        in  x   x   x   own -   yes yes n   n
lesson.read           in  yes yes x   ro  x   ro  ro  yes n
lesson.preview        yes yes yes yes yes yes yes yes yes n
lesson.draft          -   -   -   -   ro  -   ro  ro  -   n
lesson.complete       in  yes yes x   x   x   x   x   yes n
lesson.track          in  own own x   x   x   x   x   own n
lesson.publish        in  x   x   x   own -   yes yes n   n
file.read             -   yes yes -   yes -   ro  ro  yes n
practice.start        in  own own x   x   x   x   x   own n
practice.finish       in  own -   -   -   -   -   -   own n
progress.read         in  own own x   x   x   x   x   own n
dashboard.read        in  own own own own own own own own n
dashboard.write       in  own own own own own own own own n
header.read           yes own own own own own own own own n
badges.read           in  own own own own own own own own n
badges.share          in  own -   -   -   -   -   -   n   n
xp.read               in  own own own own own own own own n
challenge.read        in  own own own own own own own own n
challenge.claim       in  own -   -   -   -   -   -   own n
goal.read             in  own own own own own own own own n
goal.write            in  own own own own own own own own n
streak.write          in  own own own own own own own own n
board.course          in  own own x   ro  x   ro  ro  own n
board.read            in  yes yes own own own ro  ro  yes n
course.analytics      in  x   x   x   own -   yes yes n   n
hint.read             in  own own own own own own own own n
hint.answer           in  own -   -   -   -   -   -   own n
reading.read          in  own own own own own own own own n
course.act            in  x   x   x   own -   yes yes n   n
instructor.act        in  -   -   -   own -   yes yes -   n
instructor.read       in  -   -   -   own -   yes yes -   n
certificate.verify    yes yes yes yes yes yes yes yes yes yes
certificate.revoke    in  x   x   x   x   x   yes yes n   n
chat.ask              in  own own x   own x   x   x   own n
chat.read             in  own own own own own own own own n
chat.write            in  own -   -   -   -   -   -   own n
chat.shared           in  own -   -   ro  -   -   -   own n
question.answer       in  -   -   -   own -   -   -   -   n
inbox.read            in  own own own own own own own own n
inbox.write           in  own own own own own own own own n
preferences.read      in  own own own own own own own own n
preferences.write     in  own own own own own own own own n
address.read          in  own own own own own own own own n
address.write         in  own own own own own own own own n
announcement.read     in  own -   -   yes -   yes yes n   n
announcement.send     in  x   x   x   own -   yes yes n   n
callback.receive      x   x   x   x   x   x   x   x   x   n
inbox.unsubscribe     yes yes yes yes yes yes yes yes n   yes
stream.read           in  own own own own own own own x   n
profile.read          in  own own own own own own own own n
profile.write         in  own own own own own own own own n
account.enter         yes yes yes yes yes yes yes yes yes yes
account.manage        in  own own own own own own own x   n
token.by_password     yes yes yes yes yes yes yes yes yes n
admin.enter           in  x   x   x   yes yes yes yes n   n
admin.own_courses     in  x   x   x   own own yes yes n   n
admin.taught          in  x   x   x   own own x   x   n   n
admin.staff           in  x   x   x   x   x   yes yes n   n
admin.superuser       in  x   x   x   x   x   x   yes n   n
template.sample       in  x   x   x   x   x   yes yes n   n
outbox.retry          in  x   x   x   x   x   yes yes n   n
"""


@dataclass(frozen=True)
class Policy:
    """One line of the table."""

    name: str
    answers: Mapping[Role, Answer]

    @property
    def asks_to_sign_in(self) -> bool:
        return self.answers[Role.VISITOR] is Answer.SIGN_IN

    @property
    def is_for_sessions_only(self) -> bool:
        """For what a token may not do, stolen or not."""
        return self.answers[Role.TOKEN] is Answer.REFUSED


def _read(table: str) -> dict[str, Policy]:
    head, *lines = table.strip("\n").splitlines()
    roles = [Role(word) for word in head.split()]
    found: dict[str, Policy] = {}
    for name, *words in map(str.split, lines):
        if name in found:
            raise ValueError(f"{name} stands twice in the table of policies.")
        found[name] = Policy(name, {r: Answer(w) for r, w in zip(roles, words, strict=True)})
    return found


POLICIES = _read(_TABLE)

# What a class declares: one policy, several (the object decides which), or one or several per method or action.
Declared = str | tuple[str, ...] | Mapping[str, str | tuple[str, ...]]
Labelled = TypeVar("Labelled", bound=Callable[..., Any])


def policy(*names: str) -> Callable[[Labelled], Labelled]:
    """Declare what a function view or an admin action serves under. It changes nothing else about it.

    Several names where the object decides: `@policy("lesson.read", "lesson.preview")`. Decorators that are made with
    `functools.wraps` carry the declaration along, so its place among them is free.
    """
    named(names)

    def declare(target: Labelled) -> Labelled:
        target.policies = names  # type: ignore[attr-defined]
        return target

    return declare


def declared(target: Any, act: str = "") -> tuple[Policy, ...]:
    """The policies that a view, a class or an action declares, for one method or action of it; () for none.

    Without `act`: all that it declares. Raises LookupError for a name that the table does not have.
    """
    said: Declared = getattr(target, "policies", ())
    by_act = said if isinstance(said, Mapping) else {act: said}
    chosen = [by_act.get(act, ())] if act else list(by_act.values())
    return named([name for some in chosen for name in ([some] if isinstance(some, str) else some)])


def named(names: Iterable[str]) -> tuple[Policy, ...]:
    """The lines of these names. Raises LookupError for one that the table does not have."""
    names = list(names)
    if unknown := [name for name in names if name not in POLICIES]:
        raise LookupError(f"No such policy: {', '.join(unknown)} (learning.policies has the table).")
    return tuple(POLICIES[name] for name in names)
