"""Boxes in course text: which kinds there are, what they are called, which of them fold."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

LABELS = {
    "objectives": _("Objectives"),
    "questions": _("Questions"),
    "keypoints": _("Key points"),
    "prereq": _("Before you start"),
    "challenge": _("Challenge"),
    "solution": _("Solution"),
    "hint": _("Hint"),
    "spoiler": _("More"),
    "instructor": _("For instructors"),
    "callout": _("Note"),
    "discussion": _("Discussion"),
    "testimonial": _("Testimonial"),
    "checklist": _("Checklist"),
    "note": _("Note"),
    "tip": _("Tip"),
    "important": _("Important"),
    "warning": _("Warning"),
    "caution": _("Caution"),
}
CALLOUTS = tuple(LABELS)
FOLDED = {"solution", "hint", "spoiler", "instructor"}
# A box whose own heading says all: the kind's word above it would add nothing.
UNNAMED = {"callout", "solution", "hint", "spoiler"}
