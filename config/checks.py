"""Nothing is reachable without a declared policy: addresses, admin pages and their actions (learning.policies)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.core.checks import Error, register
from django.core.exceptions import ImproperlyConfigured
from django.urls import URLPattern, get_resolver

from learning.policies import Policy, declared, named

HTTP = ("get", "post", "put", "patch", "delete")
# Views of libraries, by the name of their address. A name that leads nowhere any more is an error too.
LISTED = {
    "schema": "public.read",
    "api_docs": "public.read",
    "account_login": "account.enter",
    "account_logout": "account.enter",
    "account_signup": "account.enter",
    "account_inactive": "account.enter",
    "account_confirm_login_code": "account.enter",
    "account_email_verification_sent": "account.enter",
    "account_reset_password": "account.enter",
    "account_reset_password_done": "account.enter",
    "account_reset_password_from_key": "account.enter",
    "account_reset_password_from_key_done": "account.enter",
    "account_reauthenticate": "account.manage",
    "account_email": "account.manage",
    "account_change_password": "account.manage",
    "account_set_password": "account.manage",
    "admin:index": "admin.enter",
    "admin:app_list": "admin.enter",
    "admin:login": "admin.enter",
    "admin:logout": "account.enter",
    "admin:password_change": "account.manage",
    "admin:password_change_done": "account.manage",
    "admin:autocomplete": "admin.own_courses",
    "admin:search": "admin.own_courses",
    "admin:jsi18n": "admin.enter",
    "admin:view_on_site": "admin.own_courses",
    "admin:catch_all_view": "admin.enter",
}
# What every page of a model has; whatever else it adds declares its own.
MODEL_PAGES = {"changelist", "add", "history", "delete", "change"}
# Actions that libraries bring to pages of ours.
LISTED_ACTIONS = dict.fromkeys(["enable_tasks", "disable_tasks", "toggle_tasks", "run_tasks"], "admin.superuser")
ACTION_LISTS = ("actions", "actions_list", "actions_row", "actions_detail", "actions_submit_line")


@dataclass(frozen=True)
class Address:
    """One pattern of the URLconf: its full name, its path with placeholders, and what answers."""

    name: str
    path: str
    pattern: URLPattern

    @property
    def view(self) -> Any:
        """What declares: the class behind `as_view()`, else the function."""
        callback = self.pattern.callback
        return getattr(callback, "cls", None) or getattr(callback, "view_class", None) or callback

    @property
    def page(self) -> Any:
        """The admin page that this address belongs to, if it is one of its standard five (or the redirect to them)."""
        page = getattr(self.pattern.callback, "model_admin", None)
        if page is None or (self.pattern.name and self.name.rpartition("_")[2] not in MODEL_PAGES):
            return None
        return page


def addresses(resolver: Any = None, spaces: tuple[str, ...] = (), before: str = "/") -> Iterator[Address]:
    """Every address there is, in the order in which it is looked for."""
    entries: list[Any] = (resolver or get_resolver()).url_patterns
    for entry in entries:
        path = before + str(entry.pattern).lstrip("^")
        if hasattr(entry, "url_patterns"):
            inner = (*spaces, entry.namespace) if entry.namespace else spaces
            yield from addresses(entry, inner, path)
        else:
            name = entry.name or getattr(entry.callback, "__name__", "")
            yield Address(":".join([*spaces, name]), path, entry)


def policies_at(address: Address, method: str = "") -> tuple[Policy, ...]:
    """What is declared for an address (and a method of it), wherever that stands; () when nothing is."""
    if address.page is not None:
        return declared(address.page)
    if address.name in LISTED:
        return named([LISTED[address.name]])
    if address.name.startswith("anymail:"):  # where a mail provider is installed: it believes what carries its secret
        return named(["callback.receive"])
    return declared(address.view, acts_of(address).get(method, method))


def acts_of(address: Address) -> dict[str, str]:
    """Method → what its declaration is called by: DRF's action where there is one, else the method itself."""
    callback = address.pattern.callback
    actions = getattr(callback, "actions", None)
    if actions:
        return {method: act for method, act in actions.items() if method in HTTP}
    if isinstance(address.view, type):
        return {method: method for method in HTTP if hasattr(address.view, method)}
    return {}


def undeclared() -> list[str]:
    """A sentence for each address, admin page and action without a policy, or with one that does not exist."""
    found = list(addresses())
    problems = [said for address in found if address.page is None for said in _problems_of(address)]
    problems += [
        f"{name} is listed and leads nowhere." for name in LISTED if name not in {address.name for address in found}
    ]
    return problems + [said for page in admin.site._registry.values() for said in _problems_of_page(page)]


def _problems_of(address: Address) -> Iterator[str]:
    for method in acts_of(address) or [""]:
        try:
            if not policies_at(address, method):
                yield f"{method.upper()} {address.path} ({address.name}) declares no policy.".lstrip()
        except LookupError as unknown:
            yield f"{address.path}: {unknown}"


def _problems_of_page(page: Any) -> Iterator[str]:
    if not declared(page):
        yield f"The admin page {page} declares no policy."
    yield from (f"{inline} of {page} declares no policy." for inline in page.inlines if not declared(inline))
    for kind in ACTION_LISTS:
        for action in _flat(getattr(page, kind, None) or ()):
            function = getattr(page, action, None) if isinstance(action, str) else action
            try:
                if not declared(function) and action not in LISTED_ACTIONS:
                    yield f"The action {action} of {page} declares no policy."
            except LookupError as unknown:
                yield f"The action {action} of {page}: {unknown}"


def _flat(actions: Any) -> Iterator[Any]:
    """Unfold groups actions under a title: `{"title": …, "items": [names]}`."""
    for action in actions:
        if isinstance(action, dict):
            yield from _flat(action["items"])
        else:
            yield action


@register
def every_address_declares_a_policy(app_configs: Any, **kwargs: Any) -> list[Error]:
    hint = "Declare one: @policy(name) on a function or action, `policies` on a class; docs/architecture.md says how."
    return [Error(said, hint=hint, id="cairn.E001") for said in undeclared()]


def refuse_undeclared() -> None:
    """Called where a server starts: what `manage.py check` says keeps it from serving."""
    if problems := undeclared():
        raise ImproperlyConfigured("\n".join(problems))
