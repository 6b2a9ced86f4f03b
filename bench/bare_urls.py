"""The project's addresses and one more: a view that only asks who is there, which beats are measured against."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from config.urls import handler400, handler403, handler404, handler500
from config.urls import urlpatterns as product

__all__ = ["handler400", "handler403", "handler404", "handler500"]


def bare(request: HttpRequest) -> HttpResponse:
    """200 for a signed-in person: session, user, nothing else."""
    return HttpResponse(str(request.user.pk) if request.user.is_authenticated else "nobody")


urlpatterns = [path("bare/", bare), *product]
