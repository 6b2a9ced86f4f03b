"""Three challenges a day: given at the first look, judged from facts, claimed once, gone at midnight."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from random import Random

from django.db import transaction

from gamification.exceptions import AlreadyClaimed, NotMet
from gamification.kinds import ChallengeKind, Rule
from gamification.models import Challenge, ChallengeTemplate
from gamification.selectors.challenges import ChallengeState, Means, judge, means_of
from gamification.services.xp import Payment, announce_level, pay
from gamification.signals import ChallengeClaimed, challenge_claimed
from learning.exceptions import Unknown
from learning.models import User
from learning.once import insert_new

A_DAY = 3


def challenges_of(learner: User, *, at: dt.datetime) -> list[ChallengeState]:
    """The learner's three of today, as they stand: the same on every look.

    Two queries; the first look of a day costs a few more. Of two first looks at once, one gives: all three are one
    statement, and the other waits for it and finds them there.
    """
    day = learner.day_at(at)
    given = _given(learner, day) or _give(learner, day)
    return judge(learner, given, at=at)


def _given(learner: User, day: dt.date) -> list[Challenge]:
    mine = Challenge.objects.of(learner).filter(day=day).select_related("template")
    return list(mine.order_by("slot"))


@transaction.atomic
def _give(learner: User, day: dt.date) -> list[Challenge]:
    means = means_of(learner, day=day)
    picked = pick(ChallengeTemplate.objects.filter(is_active=True), means, dice=Random(f"{learner.pk}:{day}"))  # noqa: S311
    rows = [
        Challenge(
            learner=learner,
            template=template,
            day=day,
            slot=slot,
            target=template.target,
            score=template.score,
            xp=template.xp,
            course_id=means.last_course if template.kind == ChallengeKind.ELSEWHERE else None,
        )
        for slot, template in enumerate(picked)
    ]
    given = insert_new(rows, told_apart_by="slot")
    return given if len(given) == len(rows) else _given(learner, day)


def pick(templates: Iterable[ChallengeTemplate], means: Means, *, dice: Random) -> list[ChallengeTemplate]:
    """Three that this learner can meet, of different kinds while there are such, each near what they usually do."""
    fit = [template for template in templates if template.kind in means.kinds]
    dice.shuffle(fit)
    fit.sort(key=lambda template: _stretch(template, means))
    picked: list[ChallengeTemplate] = []
    kinds = sorted({template.kind for template in fit})
    dice.shuffle(kinds)
    # Something that counts sessions or minutes is always there for whoever has little time.
    kinds.sort(key=lambda kind: kind not in (ChallengeKind.SESSIONS, ChallengeKind.MINUTES))
    first, *others = kinds or [""]
    dice.shuffle(others)
    for kind in [first, *others]:
        picked += [template for template in fit if template.kind == kind][:1]
    picked += [template for template in fit if template not in picked]
    return picked[:A_DAY]


def _stretch(template: ChallengeTemplate, means: Means) -> float:
    """How far a target is from a little more than usual; 0 for what has no usual measure."""
    if template.kind == ChallengeKind.SESSIONS:
        return abs(template.target - max(1.0, means.usual_sessions * 1.25))
    if template.kind == ChallengeKind.MINUTES:
        return abs(template.target - max(10.0, means.usual_minutes * 1.25)) / 10
    return 0


@transaction.atomic
def claim(*, learner: User, challenge: int, at: dt.datetime) -> Payment:
    """Pay for a challenge that is met, once. Raises NotMet, AlreadyClaimed, and Unknown for what is not of today."""
    mine = Challenge.objects.of(learner).filter(pk=challenge, day=learner.day_at(at))
    found = mine.select_related("template").first()
    if found is None:
        raise Unknown
    if found.claimed_at:
        raise AlreadyClaimed
    if not judge(learner, [found], at=at)[0].is_met:
        raise NotMet
    if not mine.filter(claimed_at=None).update(claimed_at=at):
        raise AlreadyClaimed  # another click was first
    payment = pay(
        learner=learner,
        rule=Rule.CHALLENGE,
        source=f"challenge:{found.pk}",
        amount=found.xp,
        reason=found.template.title,
        at=at,
        day=found.day,
    )
    announce_level(learner, payment, at=at)
    challenge_claimed.announce(ChallengeClaimed(learner, at))
    return payment
