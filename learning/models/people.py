"""People: the account, and the time zone that its days are counted in."""

from __future__ import annotations

import datetime as dt
import unicodedata
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from learning import zones

STAFF_GROUP = "Staff"
INSTRUCTORS_GROUP = "Instructors"


def validate_zone(name: str) -> None:
    """An IANA name such as `Europe/Madrid`, or a ValidationError."""
    if not zones.is_zone(name):
        raise ValidationError(_("%(name)s is not a time zone."), code="unknown_zone", params={"name": name})


class UserManager(BaseUserManager["User"]):
    """Makes accounts; the address is kept in lower case, so one mailbox is one account."""

    use_in_migrations = True

    @classmethod
    def normalize_email(cls, email: str | None) -> str:
        return (email or "").strip().lower()

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=self.normalize_email(username))

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


# Letters, digits, punctuation, symbols: what can be seen.
_SEEN = frozenset("LNPS")


def can_be_seen(text: str) -> bool:
    """Whether a name shows anything at all."""
    return any(unicodedata.category(one)[0] in _SEEN for one in text)


def tidy_name(text: str) -> str:
    """A name as a form takes it: with single spaces, and none where nothing of it can be seen."""
    return " ".join(text.split()) if can_be_seen(text) else ""


def shown_name(display_name: str, email: str) -> str:
    """How a person is shown to others."""
    return display_name or email.partition("@")[0]


class User(AbstractBaseUser, PermissionsMixin):
    """A person. The address is the login; everything that counts days asks `zone_at`."""

    email = models.EmailField(_("email address"), max_length=254)
    display_name = models.CharField(_("name"), max_length=80, blank=True, help_text=_("As others see you."))
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[validate_zone])
    previous_time_zone = models.CharField(max_length=64, blank=True, editable=False)
    time_zone_from = models.DateTimeField(null=True, blank=True, editable=False)
    language = models.CharField(_("language"), max_length=12, default="en")
    shows_progress_publicly = models.BooleanField(
        _("show my badges to others"), default=False, help_text=_("Off: only you and your instructors see them.")
    )
    detailed_tracking = models.BooleanField(
        _("detailed activity"), default=True, help_text=_("Off: progress stays, charts and recommendations stop.")
    )
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("may enter the admin"), default=False)
    date_joined = models.DateTimeField(_("joined"), default=timezone.now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["email"]
        constraints = [
            models.UniqueConstraint(fields=["email"], name="user_one_account_per_address"),
            models.UniqueConstraint(Lower("email"), name="user_address_ignores_case"),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        self.email = type(self).objects.normalize_email(self.email)

    @property
    def name(self) -> str:
        """How this person is shown to others; never the whole address."""
        return shown_name(self.display_name, self.email)

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    @cached_property
    def is_staff_member(self) -> bool:
        """Staff in Cairn's sense: superuser, or in the group Staff. `is_staff` alone gives no right."""
        return self.is_active and (self.is_superuser or self.groups.filter(name=STAFF_GROUP).exists())

    @cached_property
    def is_instructor(self) -> bool:
        return self.is_active and self.courses_taught.exists()

    @cached_property
    def may_author(self) -> bool:
        """Whether the admin opens to this person: staff, who teaches a course, and who may begin to (their group)."""
        if not (self.is_active and self.is_staff):
            return False
        return self.is_staff_member or self.groups.filter(name=INSTRUCTORS_GROUP).exists() or self.is_instructor

    def zone_at(self, instant: dt.datetime) -> str:
        """The zone that this person's days are counted in at `instant`."""
        if self.time_zone_from is None or instant >= self.time_zone_from:
            return self.time_zone
        if instant >= self.time_zone_from - dt.timedelta(hours=20):
            return self.previous_time_zone
        return next((move.old_zone for move in self.moves() if move.effective_at > instant), self.time_zone)

    def moves(self) -> list[ZoneChange]:
        """Every move to another zone, the one that still waits too, in their order; asked once, until they change."""
        now = self.time_zone, self.time_zone_from
        asked, moves = getattr(self, "_asked_moves", ((self.time_zone, None), []))
        if asked != now:
            moves = list(self.zone_changes.order_by("effective_at"))
            self._asked_moves = now, moves
        return moves

    def day_at(self, instant: dt.datetime) -> dt.date:
        """This person's calendar date at `instant`."""
        return zones.day_at(instant, self.zone_at(instant))


class ZoneChange(models.Model):
    """A move to another time zone. From `effective_at` on days are counted in the new one; past days never change."""

    learner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="zone_changes")
    old_zone = models.CharField(max_length=64)
    new_zone = models.CharField(max_length=64)
    effective_at = models.DateTimeField()
    skipped_day = models.DateField(null=True, help_text=_("A date that this person never had, flying east."))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["learner", "effective_at"], name="zone_change_once_per_instant"),
        ]

    def __str__(self) -> str:
        return f"{self.old_zone} → {self.new_zone}"
