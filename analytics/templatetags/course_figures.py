"""Numbers of a course as people read them, each with the question "what is this number"."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from django import template
from django.utils.formats import date_format, number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from analytics.kinds.ranges import Range
from analytics.metrics import METRICS, Unit
from analytics.selectors.lessons import LessonFigures
from analytics.selectors.words import WEEKDAYS

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


@register.simple_tag
def trend(key: str, one: Any, days: Range) -> SafeString:
    """Which way and how far, in words beside the arrow: colour alone says nothing."""
    if one.change is None:
        return format_html('<span class="ca-even">{}</span>', _("as of now"))
    arrow = {"up": "▲", "down": "▼", "flat": "="}[one.way]
    said = _("%(n)s points") if one.unit == "points" else _("%(n)s %%")
    number = number_format(round(abs(one.change), 1), use_l10n=True)
    return format_html(
        '<span aria-hidden="true">{}</span><span class="sr-only">{}</span> {} <span class="ca-hint">{}</span>',
        arrow,
        {"up": _("up by"), "down": _("down by"), "flat": _("the same:")}[one.way],
        said % {"n": number},
        _("against the week before") if key == "active_students" else _("in %(n)d days") % {"n": len(days)},
    )


@register.filter
def for_charts(state: dict[str, Any]) -> dict[str, Any]:
    """What the charts draw: columns, so that a year of days stays small."""
    series, calendar = state["series"], state["heatmap"]
    return {
        "days": [str(one["date"]) for one in series],
        **{key: [one[key] for one in series] for key in ("enrollments", "active", "completion_rate")},
        "calendar": [[str(one["date"]), one["seconds"], one["lessons"]] for one in calendar],
        "hours": [[one["hour"], one["weekday"], one["seconds"]] for one in state["hours"]],
        "weekdays": [date_format(dt.date(2024, 1, 1 + n), "D") for n in range(7)],
        "distribution": [[one["bin"], one["count"]] for one in state["distribution"]],
    }


def _in_words(day: dt.date) -> str:
    return _in_words_of(day, get_language())


@lru_cache(maxsize=4096)
def _in_words_of(day: dt.date, language: str | None) -> str:
    """A page shows a year of days, each two times, and the next page the same ones."""
    return date_format(day, "j M Y")


@register.simple_tag
def rows_of_days(series: list[dict[str, Any]]) -> SafeString:
    """The newest day first. Numbers and dates only: nothing of it is anybody's text."""
    return mark_safe(
        "".join(
            f'<tr><th scope="row">{_in_words(one["date"])}</th>'
            + "".join(f'<td class="ca-number">{one[key]}</td>' for key in _COUNTS)
            + f'<td class="ca-number">{one["completion_rate"]:g} %</td>'
            f'<td class="ca-number">{one["average_progress"]:g} %</td>'
            f'<td class="ca-number">{one["questions"]}</td><td class="ca-number">{hours(one["seconds"])}</td></tr>'
            for one in reversed(series)
        )
    )


_COUNTS = ("enrollments", "total_enrollments", "active", "lessons_completed", "course_completions")


@register.simple_tag
def rows_of_calendar(days: list[dict[str, Any]]) -> SafeString:
    """Days on which there was anything, the newest first."""
    return mark_safe(
        "".join(
            f'<tr><th scope="row">{_in_words(one["date"])}</th>'
            f'<td class="ca-number">{hours(one["seconds"])}</td><td class="ca-number">{one["lessons"]}</td></tr>'
            for one in reversed(days)
            if one["seconds"] or one["lessons"]
        )
    )


@register.simple_tag
def rows_of_hours(found: list[dict[str, Any]]) -> SafeString:
    """Weekday by hour, in minutes; nothing where nobody studied."""
    minutes = {(one["weekday"], one["hour"]): round(one["seconds"] / 60) for one in found}
    cells = '<td class="ca-number">{}</td>'
    return mark_safe(
        "".join(
            f'<tr><th scope="row">{day}</th>'
            + "".join(cells.format(minutes.get((n, hour), "")) for hour in range(24))
            + "</tr>"
            for n, day in enumerate(WEEKDAYS)
        )
    )


_OF_A_LESSON = {
    "views": "views",
    "viewers": "viewers",
    "completions": "completions",
    "lesson_completion_rate": "completion_rate",
    "average_seconds": "average_seconds",
    "drop_off_rate": "drop_off_rate",
}


@register.simple_tag
def lesson_cells(one: LessonFigures) -> SafeString:
    """The six numbers of a line of the table. A rate of nobody is a dash."""
    return format_html_join(
        "",
        '<td class="ca-number" data-label="{}"><data value="{}" data-metric="{}">{}</data></td>',
        ((METRICS[key].label, raw(value), key, said) for key, value, said in _lesson(one)),
    )


@register.inclusion_tag("admin/course/lesson_cards.html")
def lesson_cards(one: LessonFigures, days: Range) -> dict[str, Any]:
    """The same six as cards."""
    return {"figures": list(_lesson(one)), "range": days}


def _lesson(one: LessonFigures) -> Iterator[tuple[str, float, str]]:
    for key, name in _OF_A_LESSON.items():
        value = getattr(one, name)
        nobody = (not one.viewers) if key == "average_seconds" else (METRICS[key].unit == "percent" and not one.started)
        yield key, value, NONE if nobody else as_metric(value, key)
