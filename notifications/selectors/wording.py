"""Which words a message leaves with: the site's own, or those of a template of its kind, channel and language."""

from __future__ import annotations

from collections.abc import Mapping

from notifications.models import Delivery, Template
from notifications.rendering.words import filled

Words = tuple[str, str]


def words_of(delivery: Delivery) -> Words:
    """Title and text of a delivery as it leaves now."""
    told = delivery.title, delivery.body
    if delivery.at_once:
        return told
    languages = spoken(delivery.recipient.language)
    found = Template.objects.filter(kind=delivery.kind, channel=delivery.channel, language__in=languages)
    by_language = {template.language: template for template in found}
    template = next((by_language[name] for name in languages if name in by_language), None)
    if template is None:
        return told
    return reworded((template.title, template.body), told, delivery.recipient.name, delivery.words) or told


def spoken(language: str) -> list[str]:
    """The language of a person, and what it is a kind of."""
    return list(dict.fromkeys([language, language.partition("-")[0]]))


def reworded(template: Words, told: Words, name: str, words: Mapping[str, object]) -> Words | None:
    """The template's words about what was told; None where it names what this message does not have."""
    values = {"title": told[0], "body": told[1], "name": name, **words}
    title, body = (filled(text, values) for text in template)
    return None if title is None or body is None else (title, body)
