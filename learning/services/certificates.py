"""Certificates: issued once per finished enrolment, and taken back."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from learning.models import Certificate, Enrollment, User
from learning.once import insert_once
from learning.services.audit import record
from learning.signals import CertificateIssued, certificate_issued


@transaction.atomic
def issue(enrollment: Enrollment, *, at: dt.datetime) -> Certificate:
    """The certificate of a finished course, with name and title as they are now, announced. Again: the same one."""
    certificate = Certificate(
        enrollment=enrollment,
        learner_name=enrollment.learner.name,
        course_title=enrollment.course.title,
        seconds=enrollment.seconds,
        issued_at=at,
    )
    if not insert_once(certificate):
        return Certificate.objects.get(enrollment=enrollment)
    certificate_issued.announce(CertificateIssued(certificate, at))
    return certificate


@transaction.atomic
def revoke(certificate: Certificate, *, by: User | None, at: dt.datetime) -> bool:
    """From now on its page says that it was revoked; the row stays. Again: nothing changes."""
    if not Certificate.objects.filter(pk=certificate.pk, revoked_at=None).update(revoked_at=at):
        return False
    course = certificate.enrollment.course
    record("certificate.revoked", certificate, by=by, at=at, after={"revoked_at": at.isoformat()}, course=course)
    return True
