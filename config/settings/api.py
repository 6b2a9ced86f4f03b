"""The API: who may, how bodies are read, what its description says, how errors look."""

import datetime as dt

REST_FRAMEWORK = {
    # The token class is first so that a caller without credentials is told 401, not 403.
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "learning.api.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["learning.api.permissions.DeclaredPolicy"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["learning.api.parsers.StrictJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "learning.api.base.PagePagination",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "config.schema.ProblemAutoSchema",
    "EXCEPTION_HANDLER": "config.problems.exception_handler",
    "COERCE_DECIMAL_TO_STRING": False,
    "PAGE_SIZE": 20,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
REST_KNOX = {"TOKEN_TTL": dt.timedelta(days=365), "AUTH_HEADER_PREFIX": "Token", "TOKEN_LIMIT_PER_USER": 50}
SPECTACULAR_SETTINGS = {
    "TITLE": "Cairn",
    "DESCRIPTION": (
        "Everything that Cairn's pages can do, over HTTP. Bodies and answers are JSON in UTF-8; instants are ISO 8601 "
        "with their offset; ids are whole numbers. A member of a body that an operation does not name is refused with "
        "400; a parameter of the query that it does not name is ignored, and of one that stands twice the last counts. "
        "An empty one counts as not given. Every error is a problem document (RFC 9457)."
    ),
    "VERSION": "0.1.0",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/",
    "PATH_CONVERTER_OVERRIDES": {"id": {"type": "integer", "minimum": 0, "maximum": 2**63 - 1}},
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "config.schema.name_the_problem",
    ],
    "ENUM_NAME_OVERRIDES": {
        "LessonKindEnum": "learning.kinds.LessonKind",
        "QuestionKindEnum": "learning.kinds.QuestionKind",
        "MessageStatusEnum": "chat.kinds.MessageStatus",
        "LessonStatusEnum": ["not_started", "in_progress", "completed"],
        "RiskReasonEnum": "analytics.kinds.risk.Reason",
        "StudentStateEnum": "analytics.kinds.students.State",
    },
}
DRF_STANDARDIZED_ERRORS = {
    "EXCEPTION_HANDLER_CLASS": "config.problems.ProblemHandler",
    "EXCEPTION_FORMATTER_CLASS": "config.problems.ProblemFormatter",
}
