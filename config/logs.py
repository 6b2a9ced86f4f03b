"""What the log says: one JSON object per line in production, readable lines elsewhere, each with its request's id.

No bodies, no queries, no addresses of people: a request is told by its method and the pattern of its address, never by
the address itself, which may hold a key. What libraries say is cleaned of mail addresses and of what looks like a key.
"""

from __future__ import annotations

import re
from typing import Any

import structlog
from structlog.types import EventDict, Processor

_MAIL = re.compile(r"[^\s@<>\"'(),:;=]+@[^\s@<>\"'(),:;=]+\.[^\s@<>\"'(),:;=]+")
_KEY = re.compile(r"(?<![\w.-])(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{24,}")
_SPOKEN = ("event", "exception", "error")


def without_people(logger: Any, method: str, event: EventDict) -> EventDict:
    """Mail addresses and long keys leave the text of every line, whoever wrote it."""
    for member in _SPOKEN:
        if isinstance(event.get(member), str):
            event[member] = _KEY.sub("[key]", _MAIL.sub("[address]", event[member]))
    return event


_SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.stdlib.ExtraAdder(allow={"method", "route", "status", "milliseconds", "user_id"}),
    structlog.processors.format_exc_info,
    without_people,
]


def speak_through_logging() -> None:
    """What is said to structlog itself, as Celery's tasks are told of, becomes the same lines as all the rest."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )


def logging_config(*, as_json: bool) -> dict[str, Any]:
    """The value of LOGGING: everything to standard error, where whatever runs us collects it."""
    written = structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=False)
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": "structlog.stdlib.ProcessorFormatter",
                "foreign_pre_chain": _SHARED,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, written],
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": "INFO"},
        "loggers": {
            "django.request": {"level": "ERROR"},
            "cairn.request": {"level": "INFO" if as_json else "WARNING"},
            "django_structlog": {"level": "INFO" if as_json else "WARNING"},
            "httpx": {"level": "WARNING"},
            # Who asks for another host is told 400; a traceback for each would fill the log.
            "django.security.DisallowedHost": {"level": "CRITICAL"},
        },
    }
