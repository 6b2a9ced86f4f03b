"""Numbers of a course as people read them, each with the question "what is this number"."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics.kinds.ranges import Range
from analytics.metrics import METRICS, Unit

register = template.Library()
NONE = "–"


@register.filter
def as_unit(value: float | None, unit: str) -> str:
    """`81.25` percent as "81.3 %", seconds as "5 h 20 min", a missing number as a dash."""
    if value is None:
        return NONE
    if unit == Unit.SECONDS:
        return hours(value)
    if unit == Unit.PERCENT:
        return _("%(n)s %%") % {"n": _short(value)}
    if unit == Unit.RATIO:
        return _short(value)
    if unit == Unit.DAYS:
        return ngettext("%(n)s day", "%(n)s days", 1 if value == 1 else 2) % {"n": _short(value)}
    return number_format(value, use_l10n=True, force_grouping=True)


@register.filter
def as_metric(value: float | None, key: str) -> str:
    """The value in the metric's own unit."""
    return as_unit(value, METRICS[key].unit)


@register.filter
def raw(value: float | None) -> str:
    """The number itself, as the API says it; nothing where there is none."""
    return "" if value is None else repr(value)


@register.filter
def hours(seconds: float | None) -> str:
    """Study time: minutes below an hour, hours and minutes below a hundred, whole hours above."""
    if seconds is None:
        return NONE
    minutes = int(seconds) // 60
    if not minutes and seconds:
        return _("under 1 min")
    if minutes < 60:
        return _("%(n)d min") % {"n": minutes}
    if minutes < 6000:
        return _("%(h)d h %(m)d min") % {"h": minutes // 60, "m": minutes % 60}
    return _("%(n)s h") % {"n": number_format(minutes // 60, force_grouping=True)}


def _short(value: float) -> str:
    """At most one decimal, none where it is a whole number."""
    rounded = round(value, 1)
    return number_format(rounded, decimal_pos=0 if rounded == int(rounded) else 1, force_grouping=True)


@register.inclusion_tag("admin/course/what_is_this.html")
def what_is_this(key: str, days: Range, place: str = "") -> dict[str, Any]:
    """The help beside a figure: its definition, the days and the zone. `place` tells two on one page apart."""
    return {"metric": METRICS[key], "says": METRICS[key].explained(days), "id": f"what-{key}{place}"}


@register.simple_tag
def metric_label(key: str) -> str:
    return str(METRICS[key].label)
