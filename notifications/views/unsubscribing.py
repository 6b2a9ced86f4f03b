"""The link that stops mails like the one it stands in. A look changes nothing; mail programs post (RFC 8058)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from learning.models import User
from learning.policies import policy
from notifications.kinds import KINDS, Channel, Kind
from notifications.rendering.links import Unsubscription, read_unsubscription
from notifications.services.choosing import hear_no_more

if TYPE_CHECKING:
    from typing import Any


@csrf_exempt  # the signed link says who and what; a mail program has no cookie
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@policy("inbox.unsubscribe")
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whether to stop one kind of mail; with POST, stop it."""
    what = _what(token)
    person = get_object_or_404(User, pk=what.person, is_active=True)
    if request.method == "POST":
        hear_no_more(person, Kind(what.kind), Channel(what.channel))
    with translation.override(person.language):
        return render(request, "notifications/unsubscribe.html", _context(what, is_done=request.method == "POST"))


def _what(token: str) -> Unsubscription:
    what = read_unsubscription(token)
    if what is None or what.kind not in Kind.values or what.channel not in Channel.values:
        raise Http404
    return what


def _context(what: Unsubscription, *, is_done: bool) -> dict[str, Any]:
    meaning = KINDS[Kind(what.kind)]
    return {
        "kind": Kind(what.kind).label,
        "sentence": meaning.sentence,
        "channel": Channel(what.channel).label,
        "is_done": is_done,
        "is_mandatory": what.channel in meaning.mandatory,
    }
