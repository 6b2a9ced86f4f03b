"""Small things that several pages need: addresses, order, links."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet


def page_of(row: Model) -> str:
    """Where this row is changed."""
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def link(address: str, words: object) -> str:
    return format_html('<a class="text-primary-700 underline dark:text-primary-400" href="{}">{}</a>', address, words)


def ends_its_list(formset: Any, rows: QuerySet) -> None:
    """New rows of an inline that were given no place, or one that is taken, come after the last one."""
    if formset.model is not rows.model:
        return
    forms_here = [form for form in formset.forms if form.has_changed() and form not in formset.deleted_forms]
    for form in (f for f in formset.initial_forms if f.instance.position is None):
        form.instance.position = form.initial["position"]
    taken = {form.instance.position for form in formset.initial_forms}
    for form in (f for f in forms_here if f in formset.extra_forms):
        if form.instance.position is None or form.instance.position in taken:
            form.instance.position = 1 + max(taken, default=-1)
        taken.add(form.instance.position)


class AddressMadeForYou(forms.ModelForm):
    """The address is made from the title where none is written; one that is taken is an error at its field."""

    address_from: ClassVar[str] = "title"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False
            self.fields["slug"].help_text = _("The end of its address on the site. Left empty: made from the title.")

    def taken(self) -> set[str]:
        """The addresses that this one must differ from."""
        raise NotImplementedError

    def clean_slug(self) -> str:
        return self.cleaned_data["slug"] or ""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "slug" not in self.fields or "slug" in self.errors:
            return data
        taken = self.taken()
        if not data.get("slug"):
            data["slug"] = free_address(data.get(self.address_from) or "", taken)
        elif data["slug"] in taken:
            self.add_error("slug", ValidationError(_("This address is taken. Choose another one."), code="taken"))
        return data


def free_address(wanted: str, taken: set[str]) -> str:
    """An address made from `wanted` that is not taken."""
    base = slugify(wanted)[:110] or "page"
    return next(c for n in range(1, len(taken) + 2) if (c := base if n == 1 else f"{base}-{n}") not in taken)
