"""The relay: what keeps the outbox moving."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import Error, connections
from django.utils import timezone
from kombu import Connection, Queue
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from learning import outbox
from learning.jobs import Clock

log = logging.getLogger(__name__)

PAUSE_SECONDS = 0.5
PAUSE_AFTER_FAILURE_SECONDS = 5.0
BROKER_TIMEOUT_SECONDS = 0.5
BROKER_REST_SECONDS = 5.0
# More than this in a queue helps nobody: the rows are as safe, and their order is kept better, in the table.
MOST_QUEUED = 500
TASK = "learning.do_outbox_row"


def relay(stop: Callable[[], bool], *, pause: Callable[[float], Any]) -> None:
    """Keep the outbox moving until `stop`. A row that has begun is finished; a database that is away is waited for.

    Where a broker answers, rows are handed to Celery; where none does, they are done here. Where none is configured,
    there is no beat either, and the schedule is minded here.
    """
    broker = Broker() if settings.REDIS_URL else None
    clock = None if broker else Clock()
    while not stop():
        try:
            if clock:
                clock.strike(at=timezone.now())
            moved = broker.take_over() if broker else None
            if moved is None:
                outbox.drain(stop=stop)
            pause(0 if moved else PAUSE_SECONDS)
        except Error as error:
            log.warning("the database is away: %s", error)
            connections.close_all()
            pause(PAUSE_AFTER_FAILURE_SECONDS)
    if broker:
        broker.leave()


class Broker:
    """The way to Celery's queues, with short time-outs. After a failure it is left alone for some seconds."""

    def __init__(self) -> None:
        self._connection: Connection | None = None
        self._away_until = 0.0

    def take_over(self) -> int | None:
        """Hand over what is due, as far as there is room; how many rows that was, or None while no broker answers."""
        if time.monotonic() < self._away_until:
            return None
        try:
            return sum(self._fill(queue) for queue in outbox.QUEUES)
        except (KombuError, RedisError, OSError) as error:
            log.warning("the broker is away, its rows are done here: %s", error)
            self._away_until = time.monotonic() + BROKER_REST_SECONDS
            self.leave()
            return None

    def leave(self) -> None:
        """Close the connection; the next hand-over opens another one."""
        connection, self._connection = self._connection, None
        if connection:
            connection.release()

    def _fill(self, queue: str) -> int:
        connection = self._connect()
        room = MOST_QUEUED - _length(connection, queue)
        with connection.Producer(auto_declare=False) as producer:

            def send(row_id: int, kind: str, manner: outbox.Manner) -> None:
                hard = manner.lease.total_seconds()
                current_app.tasks[TASK].apply_async(
                    (row_id,),
                    queue=queue,
                    producer=producer,
                    retry=False,
                    shadow=kind,
                    time_limit=int(hard * 0.95),
                    soft_time_limit=int(hard * 0.85),
                )

            return outbox.hand_over(send, queue=queue, limit=min(room, 100), at=timezone.now())

    def _connect(self) -> Connection:
        if self._connection is None:
            connection = current_app.connection_for_write(url=settings.CELERY_BROKER_URL)
            short = {"socket_timeout": BROKER_TIMEOUT_SECONDS, "socket_connect_timeout": BROKER_TIMEOUT_SECONDS}
            connection.transport_options = {**(connection.transport_options or {}), **short}
            self._connection = connection
        return self._connection


def _length(connection: Connection, queue: str) -> int:
    """How many messages wait in the queue; it is made where it is not there yet."""
    declared: Any = Queue(queue, routing_key=queue)(connection.default_channel).queue_declare(passive=False)
    return declared.message_count
