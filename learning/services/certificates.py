"""Certificates: taking one back."""

from __future__ import annotations

import datetime as dt

from learning.models import Certificate


def revoke(certificate: Certificate, *, at: dt.datetime) -> bool:
    """From now on its page says that it was revoked; the row stays. Again: nothing changes."""
    return Certificate.objects.filter(pk=certificate.pk, revoked_at=None).update(revoked_at=at) == 1
