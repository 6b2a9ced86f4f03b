"""Numbers, times and course text as people read them."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache
from typing import Any

from django import template
from django.conf.locale import LANG_INFO
from django.template.defaultfilters import date as format_date
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from learning import zones
from learning.markdown import render_markdown, sanitise
from learning.models import User

register = template.Library()
_WEEK = dt.timedelta(days=7)


@register.filter
def minutes(count: int | None) -> str:
    """`75` as "1 h 15 min"."""
    hours, rest = divmod(int(count or 0), 60)
    if not hours:
        return _("%(minutes)d min") % {"minutes": rest}
    if not rest:
        return _("%(hours)d h") % {"hours": hours}
    return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": rest}


@register.filter
def study_time(seconds: int | None) -> str:
    """Credited seconds as "12 h 30 min"; under a minute says so."""
    whole = int(seconds or 0)
    if 0 < whole < 60:
        return _("under 1 min")
    return minutes(whole // 60)


@register.filter
def short_time(seconds: int | None) -> str:
    """Credited seconds as "12h 30m", for cards and tables; anything under a minute but not nothing as "<1m"."""
    whole = int(seconds or 0)
    hours, rest = divmod(whole // 60, 60)
    if 0 < whole < 60:
        return _("<1m")
    if not hours:
        return _("%(minutes)dm") % {"minutes": rest}
    return _("%(hours)dh %(minutes)dm") % {"hours": hours, "minutes": rest} if rest else _("%(h)dh") % {"h": hours}


@register.filter
def in_words(day: dt.date, form: str) -> str:
    """A date in one of Django's formats. Pages show the same days again and again: each is written once."""
    return _written(day, form, get_language())


@lru_cache(maxsize=4096)
def _written(day: dt.date, form: str, language: str | None) -> str:
    return date_format(day, form)


@register.filter
def clock_time(seconds: float | None) -> str:
    """A place in a video: `75` as "1:15"."""
    whole = int(seconds or 0)
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"


@register.filter
def minus(have: float, less: float) -> float:
    """The difference, never below zero."""
    return max(0, have - less)


@register.filter
def whole_percent(percent: Any) -> int:
    """Rounded down, so that 100 is only said when everything is done."""
    return int(percent or 0)


@register.filter
def language_name(code: str) -> str:
    """`es` as "Español", in the language's own word; an unknown code as it is."""
    info: dict[str, Any] = LANG_INFO.get(code.lower(), {})
    return info.get("name_local", code).capitalize()


@register.simple_tag(takes_context=True)
def near(context: dict[str, Any], instant: dt.datetime | None) -> SafeString | str:
    """Near times in words ("2 hours ago"), others as a date; the exact instant in the reader's zone on hover."""
    if instant is None:
        return _("never")
    now = timezone.now()
    local = instant.astimezone(_zone_of(context, now))
    exact = format_date(local, "j F Y, H:i T")
    if now - instant > _WEEK or instant > now:
        words = format_date(local, "j F Y")
    elif now - instant < dt.timedelta(minutes=1):
        words = _("just now")
    else:
        words = _("%(time)s ago") % {"time": timesince(instant, now, depth=1)}
    return format_html('<time datetime="{}" title="{}">{}</time>', instant.isoformat(), exact, words)


@register.simple_tag(takes_context=True)
def local_date(context: dict[str, Any], instant: dt.datetime, form: str = "j F Y") -> str:
    """The instant as a date of the reader's zone."""
    return format_date(instant.astimezone(_zone_of(context, timezone.now())), form)


def _zone_of(context: dict[str, Any], now: dt.datetime) -> dt.tzinfo:
    request = context.get("request")
    user = getattr(request, "user", None)
    return zones.zone(user.zone_at(now)) if isinstance(user, User) else dt.UTC


@register.filter
def lessons_of(done: int, total: int) -> str:
    """ "7 of 12 lessons"."""
    return ngettext("%(done)d of %(total)d lesson", "%(done)d of %(total)d lessons", total) % {
        "done": done,
        "total": total,
    }


@register.filter
def markdown(text: str) -> SafeString:
    """Course text as safe HTML."""
    return render_markdown(text or "")


@register.filter
def course_text(page: Any) -> SafeString:
    """The stored HTML of a lesson or further page, cleaned once more on its way out."""
    return sanitise(page.html or "")


@register.filter
def initials(name: str) -> str:
    """One or two letters for a person without a picture."""
    words = [w for w in re.split(r"[\s._-]+", name) if w]
    return "".join(w[0] for w in (words[:1] + words[-1:] if len(words) > 1 else words)).upper() or "?"
