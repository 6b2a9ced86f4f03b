"""allauth's hooks: addresses in lower case, sign-ins and forms counted where all processes count, mail by the outbox.

allauth's own limits are off (ACCOUNT_RATE_LIMITS): it counts in the cache, which each process may have for itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.deprecation import MiddlewareMixin
from django.utils.translation import gettext as _
from knox.models import AuthToken

from learning import limits, mail
from learning.exceptions import TooMany
from learning.limits import client_address
from learning.models import User
from learning.services import signin

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


class AccountAdapter(DefaultAccountAdapter):
    """How accounts behave in Cairn."""

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """Every password that a page asks for comes through here: the sign-in page and the confirmation pages."""
        account = credentials.get("email") or credentials.get("username") or ""
        try:
            attempt = signin.begin(account=account, address=client_address(request), at=timezone.now())
        except TooMany as refusal:
            raise ImmediateHttpResponse(too_many(request, refusal)) from refusal
        user = super().authenticate(request, **credentials)
        if user:
            attempt.give_back()
        return user

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        """After a reset the account's failures are forgotten; the address's are not."""
        signin.forgive(credentials.get("email", ""))

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def clean_email(self, email: str) -> str:
        """What stands before the @ is plain ASCII: no letter that only looks like, or lower-cases to, another one."""
        if not email.partition("@")[0].isascii():
            raise ValidationError(_("Enter a valid email address."), code="invalid")
        return email

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write the mail into the outbox: a mail server that is away never makes a sign-up fail.

        Nobody's mailbox is filled by others: after a few mails to it in a minute, whoever asks is told to wait.
        """
        try:
            limits.take(f"account mail:{User.objects.normalize_email(email)}", limit=settings.ACCOUNT_MAILS_A_MINUTE)
        except TooMany as refusal:
            raise ImmediateHttpResponse(too_many(self.request, refusal)) from refusal
        links = {"signup_url": absolute("account_signup")} if "signup_url" in context else {}
        site = {"domain": urlsplit(settings.SITE_URL).netloc, "name": "Cairn"}
        context = {"request": self.request, "email": email, "current_site": site, **context, **links}
        message = self.render_mail(template_prefix, email, context)
        html = [str(a[0]) for a in message.alternatives] if isinstance(message, EmailMultiAlternatives) else []
        mail.post(
            to=email,
            subject=str(message.subject),
            text=str(message.body),
            html=html[0] if html else "",
            at=timezone.now(),
        )

    def send_account_already_exists_mail(self, email: str) -> None:
        links = {"signup_url": absolute("account_signup"), "password_reset_url": absolute("account_reset_password")}
        self.send_mail("account/email/account_already_exists", email, links)

    def get_reset_password_from_key_url(self, key: str) -> str:
        uid, _dash, token = key.partition("-")
        return absolute("account_reset_password_from_key", uidb36=uid, key=token)


class FormLimitsMiddleware(MiddlewareMixin):
    """A form of an account is taken so many times a minute from one person or address (ACCOUNT_FORMS_A_MINUTE)."""

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponse | None:
        form = request.resolver_match.view_name if request.resolver_match else ""
        limit = settings.ACCOUNT_FORMS_A_MINUTE.get(form)
        if limit is None or request.method != "POST":
            return None
        try:
            limits.take(f"{form}:{limits.who(request)}", limit=limit)
        except TooMany as refusal:
            return too_many(request, refusal)
        return None


class EndTokens:
    """Told of every new password, from a page, the admin or the command line: the account's API tokens end.

    Django calls it as a password validator; sessions end by themselves, because they carry the old password's hash.
    """

    def validate(self, password: str, user: User | None = None) -> None:
        """Any password will do here."""

    def password_changed(self, password: str, user: User | None = None) -> None:
        if user and user.pk:
            AuthToken.objects.filter(user=user).delete()

    def get_help_text(self) -> str:
        return _("Changing it later ends every session and API token.")


def absolute(name: str, **kwargs: Any) -> str:
    """A link for a mail. It starts with our own address, whatever host the request named."""
    return settings.SITE_URL + reverse(name, kwargs=kwargs)


def too_many(request: HttpRequest, refusal: TooMany) -> HttpResponse:
    """The page that says to wait."""
    response = render(request, "429.html", {"detail": refusal.detail}, status=refusal.status)
    response["Retry-After"] = str(refusal.retry_after)
    return response
