"""What of all this is shown: to a learner, as they like it, and in a course, as its instructors like it."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MinLengthValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

PIECES = ("streaks", "challenges", "boards", "toasts", "badges", "xp")


class Switches(models.Model):
    """One switch per piece. Off: not shown and not told; the facts are kept, and are there when it is on again."""

    streaks = models.BooleanField(_("streaks"), default=True)
    challenges = models.BooleanField(_("daily challenges"), default=True)
    boards = models.BooleanField(_("leaderboards"), default=True)
    toasts = models.BooleanField(_("celebrations on the page"), default=True)
    badges = models.BooleanField(_("badges"), default=True)
    xp = models.BooleanField(_("XP and levels"), default=True)

    class Meta:
        abstract = True


class Preferences(Switches):
    """A learner's choices. Who has an alias is on the boards, by that name and no other."""

    learner = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="preferences"
    )
    alias = models.CharField(  # noqa: DJ001  (having none is not having an empty one: many may have none)
        _("name on leaderboards"), max_length=24, null=True, blank=True, validators=[MinLengthValidator(2)]
    )

    class Meta:
        verbose_name = _("preferences")
        verbose_name_plural = _("preferences")
        constraints = [
            models.UniqueConstraint(Lower("alias"), name="preferences_alias_is_one_persons"),
            models.CheckConstraint(condition=~Q(alias=""), name="preferences_alias_has_letters"),
        ]

    def __str__(self) -> str:
        return f"preferences of {self.learner_id}"


class CourseSwitches(Switches):
    """What a course's instructors leave on in it."""

    course = models.OneToOneField("learning.Course", models.CASCADE, related_name="switches", verbose_name=_("course"))

    class Meta:
        verbose_name = _("gamification of a course")
        verbose_name_plural = _("gamification of courses")

    def __str__(self) -> str:
        return str(self.course)
