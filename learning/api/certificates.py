"""Anybody who has a certificate's number may ask whether it is real."""

from __future__ import annotations

import uuid

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from learning.api.base import ApiView
from learning.models import Certificate


class CertificateSerializer(serializers.Serializer):
    valid = serializers.SerializerMethodField()
    status = serializers.SerializerMethodField()
    name = serializers.CharField(source="learner_name")
    course = serializers.CharField(source="course_title")
    issued_at = serializers.DateTimeField()

    def get_valid(self, certificate: Certificate) -> bool:
        return certificate.revoked_at is None

    def get_status(self, certificate: Certificate) -> str:
        """`valid` or `revoked`."""
        return "valid" if certificate.revoked_at is None else "revoked"


class CertificateView(ApiView):
    """Name and course as they were when it was issued."""

    policies = "certificate.verify"

    @extend_schema(operation_id="certificates_retrieve", responses=CertificateSerializer)
    def get(self, request: Request, certificate: uuid.UUID) -> Response:
        found = Certificate.objects.filter(uuid=certificate).first()
        if found is None:
            raise Http404
        return Response(CertificateSerializer(found).data)
