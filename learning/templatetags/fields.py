"""Form fields as our pages draw them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template

if TYPE_CHECKING:
    from django.forms import BoundField
    from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def bare(field: BoundField) -> SafeString:
    """The input without a placeholder: the label stands above it and stays there."""
    return field.as_widget(attrs={"placeholder": False})
