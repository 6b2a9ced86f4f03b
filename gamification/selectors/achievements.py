"""Badges: earned ones, and the others with how far along they are."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef

from gamification.models import Badge, EarnedBadge
from gamification.selectors.metrics import EVERYWHERE, measure
from learning.models import User


def achievement(earned: EarnedBadge) -> dict[str, Any]:
    """An achievement as API.md fixes it."""
    badge = earned.badge
    return {
        "key": badge.key,
        "title": badge.title,
        "description": badge.description,
        "icon": badge.icon,
        "earned_at": earned.earned_at,
        "course": earned.course_id,
    }


def earned_badges(learner: User, *, limit: int | None = None) -> list[dict[str, Any]]:
    """The newest first."""
    rows = EarnedBadge.objects.filter(learner=learner).select_related("badge").order_by("-earned_at", "-id")
    return [achievement(e) for e in rows[:limit]]


def held_badges(learner: User) -> list[EarnedBadge]:
    """The rows themselves, the newest first, each with where it was earned and whether it is shared."""
    rows = EarnedBadge.objects.filter(learner=learner).select_related("badge", "course", "category", "share")
    return list(rows.order_by("-earned_at", "-id"))


def rare_badges(learner: User) -> list[str]:
    """The keys of the rare ones among the learner's badges, the newest first."""
    rare = EarnedBadge.objects.filter(learner=learner, badge__is_rare=True).order_by("-earned_at", "-id")
    return list(rare.values_list("badge__key", flat=True))


def available_badges(learner: User) -> list[dict[str, Any]]:
    """What can still be earned, with how far along: `current` of `target`."""
    held = EarnedBadge.objects.filter(badge=OuterRef("pk"), learner=learner)
    badges = list(Badge.objects.filter(is_active=True).exclude(Exists(held)))
    numbers = measure(learner, {(b.metric, EVERYWHERE) for b in badges})
    return [
        {
            "key": b.key,
            "title": b.title,
            "description": b.description,
            "icon": b.icon,
            "metric": b.metric,
            "current": min(numbers[b.metric, EVERYWHERE], b.threshold),
            "target": b.threshold,
        }
        for b in badges
    ]
