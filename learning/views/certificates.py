"""The public check of a certificate."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from learning.models import Certificate
from learning.policies import policy


@policy("certificate.verify")
@require_safe
def certificate(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """One verdict: valid, revoked, or not known here."""
    found = Certificate.objects.filter(uuid=key).first()
    context = {"certificate": found, "key": key}
    return render(request, "learning/certificate.html", context, status=200 if found else 404)
