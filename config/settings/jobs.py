"""Celery, and the one list of what the clock runs."""

from typing import Any

from celery.schedules import crontab
from kombu import Queue

from config.settings.variables import REDIS_URL

# What must not be lost is a row of the outbox; a message only says which. So a broker may lose everything, a message
# may come twice, and nobody who serves a request talks to it.
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://") or "memory://"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_QUEUES = [Queue(name, routing_key=name) for name in ("default", "mail", "notifications", "reports")]
CELERY_TASK_DEFAULT_ROUTING_KEY = "default"
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
# A task whose process dies is tried again by count (its max_retries, 3) and not for ever.
CELERY_TASK_RETRY_ON_WORKER_LOST = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_TIME_LIMIT = 300
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 30
CELERY_BROKER_CONNECTION_TIMEOUT = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # Longer than any task may run, or it would be delivered a second time while it runs.
    "visibility_timeout": 3 * CELERY_TASK_TIME_LIMIT,
    # What a dead worker had taken is looked for every 10 s (kombu: interval times throttle, 100 s without this).
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    "socket_timeout": 5,
    "socket_connect_timeout": 1,
    "health_check_interval": 25,
}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
# The one list of what the clock runs. Each is a job (learning.jobs), asked for by beat where there is a broker and by
# the relay where there is none; only the sweep, which is what the relay does anyway, is a task of its own.
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "sweep-outbox": {"task": "learning.sweep_outbox", "schedule": 60.0},
    "forget": {"task": "learning.forget", "schedule": crontab(hour=3, minute=17)},
    # Hourly, and at the quarter too: somewhere a day ends with every one of these.
    "close-days": {"task": "gamification.close_days", "schedule": crontab(minute="2,17,32,47")},
    # A course's day ends at its own midnight; in between, days that something came late for.
    "close-course-days": {"task": "analytics.close_course_days", "schedule": crontab(minute="4,19,34,49")},
    "streaks-at-risk": {"task": "gamification.warn_of_risk", "schedule": crontab(minute=7)},
    # Each looks where on earth it is the time of the day that it is for.
    "digests": {"task": "notifications.digests", "schedule": crontab(minute="3,18,33,48")},
    "reminders": {"task": "notifications.remind", "schedule": crontab(minute=12)},
    "goals-near": {"task": "notifications.goals_near", "schedule": crontab(minute=22)},
    "weekly-summaries": {"task": "notifications.weekly_summaries", "schedule": crontab(minute=27)},
    # After each midnight: a course's day is over where it is.
    "judge-courses": {"task": "analytics.judge_courses", "schedule": crontab(minute="12,27,42,57")},
    "tell-instructors": {"task": "analytics.tell_instructors", "schedule": crontab(minute=42)},
    "place-students": {"task": "analytics.place_students", "schedule": 300.0},
    "place-all-students": {"task": "analytics.place_all_students", "schedule": crontab(hour=2, minute=23)},
}
