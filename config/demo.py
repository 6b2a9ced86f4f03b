"""The demo on all floors: facts from `learning`, and what follows from them, found by the rebuild commands."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from random import Random

from django.db import transaction
from django.db.models import Sum

from analytics.services.rollups import rebuild as rebuild_analytics
from config.demo_care import look_after
from config.demo_talks import talk
from gamification.kinds import Rule
from gamification.models import Challenge, ChallengeTemplate, Pause, Preferences, XPEntry
from gamification.models.pauses import weekday_bits
from gamification.services.rebuild import rebuild_gamification
from learning.demo.load import load_demo
from learning.demo.people import ALICE, LOGINS
from learning.demo.wanjiru import NAME as WANJIRU
from learning.models import LearningSession, Outbox, StudyTime, User
from learning.services.rebuild import rebuild_progress
from notifications.kinds import DeliveryState
from notifications.models import Delivery
from notifications.services.routing import row_key

WEEK = 7
# Where nobody lives (RFC 2606), so that nobody else is meant.
DOMAIN = "example.org"
CLAIMED = dt.timedelta(minutes=2)
GIVEN = ("one_session", "ten_minutes", "two_sessions")
FIRST = [
    "Amber",
    "Birch",
    "Cobalt",
    "Dune",
    "Ember",
    "Fern",
    "Granite",
    "Hazel",
    "Ivory",
    "Juniper",
    "Lichen",
    "Moss",
    "Ochre",
    "Pebble",
    "Quartz",
    "Rowan",
]
SECOND = [
    "Badger",
    "Crane",
    "Dipper",
    "Finch",
    "Hare",
    "Heron",
    "Kestrel",
    "Lynx",
    "Marten",
    "Otter",
    "Plover",
    "Raven",
    "Stoat",
    "Swift",
    "Vole",
    "Wren",
]


@transaction.atomic
def load(*, at: dt.datetime, learners: int) -> bool:
    """All of it or nothing. Where the demo is, nothing changes and the answer is False."""
    if not load_demo(at=at, learners=learners):
        return False
    rebuild_progress(at=at)
    people = list(User.objects.filter(is_staff=False).exclude(display_name=WANJIRU).order_by("pk"))
    stand_on_boards(people)
    rest(people)
    claim_challenges(people, at=at)
    talk(at=at)
    rebuild_gamification()
    rebuild_analytics(at=at, told=lambda done, of: None)
    look_after(at=at)
    write_to_nobody()
    return True


def write_to_nobody() -> None:
    """What the demo makes up is in inboxes; hundreds of mails about certificates of last month are not sent now."""
    made_up = Delivery.objects.on_the_way().filter(recipient__email__endswith=f"@{DOMAIN}")
    Outbox.objects.filter(key__in=[row_key(one) for one in made_up]).delete()
    made_up.update(state=DeliveryState.SUPPRESSED, error="Made up by the demo.")


def dice_of(what: str, person: User) -> Random:
    """The same demo every time, and each person the same however many others there are."""
    return Random(f"{what}:{person.email}")  # noqa: S311


def stand_on_boards(people: list[User]) -> None:
    """Alice and half of the learners have an alias; a few want no boards."""
    names = [f"{first} {second}" for first in FIRST for second in SECOND]
    Random("names").shuffle(names)  # noqa: S311
    rows = []
    for person in people:
        dice = dice_of("boards", person)
        if person.email == ALICE.email:
            rows.append(Preferences(learner=person, alias="Alder Fox"))
        elif dice.random() < 0.5 and names:
            rows.append(Preferences(learner=person, alias=names.pop(), boards=dice.random() > 0.05))
    Preferences.objects.bulk_create(rows)


def rest(people: list[User]) -> None:
    """Some rest at the weekend, from the day they joined on."""
    Pause.objects.bulk_create(
        Pause(
            learner=person,
            kind=Pause.Kind.REST,
            weekdays=weekday_bits({5, 6} if dice_of("weekend", person).random() < 0.5 else {6}),
            first_day=person.day_at(person.date_joined) + dt.timedelta(days=1),
            created_at=person.date_joined,
        )
        for person in people
        if dice_of("rest", person).random() < 0.2 and person.email not in {login.email for login in LOGINS}
    )


def claim_challenges(people: list[User], *, at: dt.datetime) -> None:
    """The last days' challenges of those who take to them: met by what they did, and most of them claimed."""
    known = {login.email for login in LOGINS}
    keen = {
        person.pk: person for person in people if person.email not in known and dice_of("keen", person).random() < 0.5
    }
    templates = [ChallengeTemplate.objects.get(key=key) for key in GIVEN]
    rows = []
    for (learner, day), instants, seconds in _days_of(keen, at=at):
        dice = dice_of(f"claims on {day}", keen[learner])
        for slot, template in enumerate(templates):
            have = seconds // 60 if template.kind == "minutes" else len(instants)
            claims = have >= template.target and dice.random() < 0.75 and max(instants) + CLAIMED < at
            rows.append(_challenge(learner, template, day, slot, max(instants) + CLAIMED if claims else None))
    Challenge.objects.bulk_create(rows)
    claimed = [row for row in rows if row.claimed_at]
    XPEntry.objects.bulk_create(_payment(row) for row in claimed)


def _days_of(keen: dict[int, User], *, at: dt.datetime) -> list[tuple[tuple[int, dt.date], list[dt.datetime], int]]:
    """Days with a session in the last week: learner and day, the sessions' instants, the seconds of study."""
    since = (at - dt.timedelta(days=WEEK)).date()
    sessions: dict[tuple[int, dt.date], list[dt.datetime]] = defaultdict(list)
    for learner, day, instant in LearningSession.objects.filter(day__gte=since).values_list("learner_id", "day", "at"):
        if learner in keen:
            sessions[learner, day].append(instant)
    studied = StudyTime.objects.filter(day__gte=since).order_by().values_list("learner_id", "day")
    seconds = {(learner, day): total for learner, day, total in studied.annotate(total=Sum("seconds"))}
    return [(key, instants, seconds.get(key, 0)) for key, instants in sorted(sessions.items())]


def _challenge(
    learner: int, template: ChallengeTemplate, day: dt.date, slot: int, claimed_at: dt.datetime | None
) -> Challenge:
    return Challenge(
        learner_id=learner,
        template=template,
        day=day,
        slot=slot,
        target=template.target,
        xp=template.xp,
        claimed_at=claimed_at,
    )


def _payment(row: Challenge) -> XPEntry:
    assert row.claimed_at is not None  # noqa: S101  (only claimed ones are paid)
    return XPEntry(
        learner_id=row.learner_id,
        rule=Rule.CHALLENGE,
        source=f"challenge:{row.pk}",
        amount=row.xp,
        reason=row.template.title,
        created_at=row.claimed_at,
        day=row.day,
    )
