"""Small drawings: icons, the mark and the picture of a course that has none."""

from __future__ import annotations

from functools import lru_cache
from random import Random
from typing import TYPE_CHECKING

from django import template
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

if TYPE_CHECKING:
    from learning.models import Course

register = template.Library()

BADGE_ICONS = frozenset(
    "steps compass summit books ridge flame bolt question moon sunrise clock stone".split()  # noqa: SIM905
)
KIND_ICONS = {"text": "text", "video": "play", "practice": "pencil"}


@register.simple_tag
@lru_cache(maxsize=128)
def icon(name: str) -> SafeString:
    """A drawing of `templates/icons/`, silent for screen readers: the word stands beside it."""
    return render_to_string(f"icons/{name}.svg")


@register.simple_tag
def kind_icon(kind: str) -> SafeString:
    """The icon of a lesson's kind."""
    return icon(KIND_ICONS.get(kind, "text"))


@register.simple_tag
def badge_icon(name: str) -> SafeString:
    """The drawing of a badge; one that staff named and nobody drew is a stone."""
    return icon(name if name in BADGE_ICONS else "stone")


@register.simple_tag
def mark() -> SafeString:
    """Three stacked stones."""
    return icon("mark")


@register.simple_tag
def course_picture(course: Course, width: int = 640, height: int = 360) -> SafeString:
    """The course's own picture, or a pile of stones that is always the same for the same course."""
    if course.thumbnail:
        where = reverse("learning:course_picture", args=[course.slug])
        return format_html(
            '<img class="picture" src="{}" alt="" width="{}" height="{}" loading="lazy">', where, width, height
        )
    return stones(course.pk)


def stones(seed: int) -> SafeString:
    """A drawn landscape: ground, a path and a cairn, all chosen by `seed`. Colours come from the style sheet."""
    chance = Random(seed * 7919 + 13)  # noqa: S311  (a picture, no secret)
    hue = seed % 5
    shapes = [_hill(chance, 238, 1), _hill(chance, 282, 2), _sun(chance)]
    shapes.insert(0, shapes.pop())
    shapes.append(_pile(chance, chance.randint(215, 430), 320, chance.randint(3, 5)))
    shapes.append(_pebbles(chance))
    return mark_safe(
        f'<svg class="picture stones stones-{hue}" viewBox="0 0 640 360" preserveAspectRatio="xMidYMid slice"'
        f' aria-hidden="true" focusable="false">{"".join(shapes)}</svg>'
    )


def _sun(chance: Random) -> str:
    x, y, r = chance.randint(90, 550), chance.randint(70, 130), chance.randint(26, 44)
    return f'<circle class="s-sun" cx="{x}" cy="{y}" r="{r}"/>'


def _hill(chance: Random, y: int, layer: int) -> str:
    a, b = chance.randint(-46, 30), chance.randint(-46, 30)
    line = f"M0 {y + b // 2}C160 {y + a} 300 {y - a} 420 {y + b}S600 {y - b} 640 {y + a // 2}V360H0z"
    return f'<path class="s-hill{layer}" d="{line}"/>'


def _pile(chance: Random, x: int, ground: int, count: int) -> str:
    """Stones from the ground up, each a little smaller and a little off the middle."""
    drawn, width, foot = [], float(chance.randint(112, 136)), float(ground)
    for n in range(count):
        height = width * chance.uniform(0.36, 0.5)
        drawn.append(_stone(chance, x, foot - height / 2, width, height, n % 3))
        foot -= height * 0.94
        width *= chance.uniform(0.7, 0.84)
        x += chance.randint(-7, 7)
    return "".join(drawn)


def _stone(chance: Random, x: float, y: float, width: float, height: float, shade: int) -> str:
    """A rounded, slightly uneven stone with its middle at (x, y)."""
    a, b = width * 0.72, height / 2
    left, right, top, foot = round(x - a), round(x + a), round(y - b), round(y + b)
    lift, lean = height * chance.uniform(-0.08, 0.08), width * chance.uniform(-0.1, 0.1)
    start = f"{left} {y + lift:.0f}"
    outline = (
        f"M{start}C{left} {y - b * 0.7:.0f} {x - a * 0.5 + lean:.0f} {top} {x + lean:.0f} {top}"
        f"S{right} {y - b * 0.6:.0f} {right} {y:.0f}S{x + a * 0.55:.0f} {foot} {x:.0f} {foot}"
        f"S{left} {y + b * 0.75:.0f} {start}z"
    )
    return f'<path class="s-stone{shade}" d="{outline}"/>'


def _pebbles(chance: Random) -> str:
    spots = [(chance.randint(20, 620), chance.randint(326, 350), chance.randint(9, 22)) for _ in range(6)]
    return "".join(_stone(chance, x, y, r, r * 0.62, n % 3) for n, (x, y, r) in enumerate(spots))
