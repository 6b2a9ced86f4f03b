"""Pages that belong to no floor: errors and health."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from config.problems import problem_response
from learning.policies import policy


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if _is_api(request):
        return problem_response(request, 400, code="bad_request", detail="This request can't be read.")
    return render(request, "errors/400.html", status=400)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    if _is_api(request):
        return problem_response(request, 403, code="csrf_failed", detail="The CSRF token is missing or wrong.")
    return render(request, "errors/csrf.html", status=403)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if _is_api(request):
        return problem_response(request, 403, code="permission_denied", detail="You may not do this.")
    return render(request, "errors/403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if _is_api(request):
        return problem_response(request, 404, code="not_found", detail="There is nothing here.")
    return render(request, "errors/404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """The last resort: no database, no session, no context processors."""
    if _is_api(request):
        return problem_response(request, 500, code="error", detail="Something broke on our side.")
    return render(None, "errors/500.html", status=500)


@policy("public.read")
@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Browsers ask for it on pages that name no icon of their own."""
    return redirect(static("img/favicon.svg"))


@policy("service.health")
@never_cache
@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@policy("service.health")
@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """The process can do its work: database reached and migrated, cache reached if one is set. Local callers only."""
    if request.META.get("REMOTE_ADDR") not in {"127.0.0.1", "::1"}:
        return JsonResponse({"status": "not found"}, status=404)
    checks = {"database": _check(_database), "cache": _check(_cache)}
    healthy = checks["database"] == "ok"  # without the cache everything works, only slower
    status = "ok" if all(c == "ok" for c in checks.values()) else ("degraded" if healthy else "down")
    return JsonResponse({"status": status, **checks}, status=200 if healthy else 503)


def _check(question: Any) -> str:
    try:
        return question()
    except Exception as error:  # whatever is wrong is the answer
        return type(error).__name__


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    executor = MigrationExecutor(connection)
    behind = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return "not migrated" if behind else "ok"


def _cache() -> str:
    if not settings.REDIS_URL:
        return "ok"
    cache.set("health", 1, 5)
    return "ok" if cache.get("health") == 1 else "away"
