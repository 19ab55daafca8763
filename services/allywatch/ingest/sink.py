"""Where records go: Kafka, or nowhere (`--dry-run`).

The producer is aiokafka's, idempotent: a retry inside the client neither doubles nor reorders, and
unlike kafka-python's it shares the loop with the feeds and sends about three times as much.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from allywatch.config import KafkaSettings
from allywatch.errors import RetryLater, StopWorker
from allywatch.ingest.outgoing import Outgoing
from allywatch.ingest.stopping import Stopping
from allywatch_schemas import PARTITIONS
from allywatch_schemas.topics import (
    DIPLOMATIC_EVENTS,
    MAX_INPUT_BYTES,
    NEWS_ARTICLES,
    REGION_INPUTS,
    dead_letters_of,
)

log = structlog.get_logger("allywatch.ingest")

MAX_PENDING = 50_000
"""Records on the way; above it, sending waits."""
_STOP_SECONDS = 3.0
_BACKOFF_SECONDS = (0.5, 5.0)


class Nowhere:
    """Takes everything, keeps nothing."""

    async def send(self, record: Outgoing) -> None:
        """Take a record."""

    async def flush(self) -> None:
        """Nothing is on the way."""


class KafkaSink:
    """Sends records through a producer that is started and stopped elsewhere."""

    def __init__(self, producer: AIOKafkaProducer) -> None:
        self._producer = producer
        self._pending: list[asyncio.Future[object]] = []

    async def send(self, record: Outgoing) -> None:
        """Take a record; it is safe after `flush`.

        Raises:
            RetryLater: Kafka is away.
        """
        if len(self._pending) >= MAX_PENDING:
            await self.flush()
        try:
            future = await self._producer.send(
                record.topic,
                value=record.value,
                key=record.key,
                partition=record.partition,
                headers=record.headers,
            )
        except KafkaError as exc:
            raise _later(exc) from exc
        self._pending.append(future)

    async def flush(self) -> None:
        """Wait for every acknowledgement.

        Raises:
            RetryLater: One did not come.
        """
        pending, self._pending = self._pending, []
        results = await asyncio.gather(*pending, return_exceptions=True)
        failure = next((result for result in results if isinstance(result, BaseException)), None)
        if failure is not None:
            raise _later(failure) from failure


def _later(exc: BaseException) -> RetryLater:
    return RetryLater(
        f"Kafka did not acknowledge ({type(exc).__name__}: {exc}). Going on from the last noted position."
    )


@asynccontextmanager
async def connect(settings: KafkaSettings, stopping: Stopping) -> AsyncIterator[KafkaSink | None]:
    """A sink on a running producer; None when a request to stop came before the broker.

    Raises:
        StopWorker: The topics are missing, or not as the contract says.
    """
    producer = AIOKafkaProducer(
        **settings.for_aiokafka(),
        client_id="allywatch-ingest",
        acks="all",
        enable_idempotence=True,
        linger_ms=20,
        max_batch_size=262_144,
        max_request_size=2 * MAX_INPUT_BYTES,
        request_timeout_ms=20_000,
        compression_type="gzip",
    )
    started = await _start(producer, settings, stopping)
    if not started:
        yield None
        return
    try:
        await _check_topics(producer)
        yield KafkaSink(producer)
    finally:
        # A broker that went away must not keep us from ending: what is not acknowledged is not noted either.
        await asyncio.wait({asyncio.ensure_future(producer.stop())}, timeout=_STOP_SECONDS)


async def _start(producer: AIOKafkaProducer, settings: KafkaSettings, stopping: Stopping) -> bool:
    pause, longest = _BACKOFF_SECONDS
    noise = logging.getLogger("aiokafka")
    level = noise.level
    said = False
    while not stopping.requested:
        try:
            noise.setLevel(logging.CRITICAL)  # one line of ours instead of one a second of theirs
            await producer.start()
            return True
        except KafkaError as exc:
            if not said:
                log.warning("waiting for Kafka", bootstrap=settings.bootstrap, reason=str(exc))
                said = True
        finally:
            noise.setLevel(level)
        await stopping.sleep(pause)
        pause = min(pause * 2, longest)
    await producer.stop()
    return False


async def _check_topics(producer: AIOKafkaProducer) -> None:
    main = (NEWS_ARTICLES.name, DIPLOMATIC_EVENTS.name)
    for name in (*main, *map(dead_letters_of, main), REGION_INPUTS.name):
        try:
            partitions = await asyncio.wait_for(producer.partitions_for(name), 10)
        except (KafkaError, TimeoutError) as exc:
            raise StopWorker(
                f"topic {name} is not there ({type(exc).__name__}). Run `allywatch topics`."
            ) from None
        if name == REGION_INPUTS.name and len(partitions) != PARTITIONS:
            raise StopWorker(
                f"topic {name} has {len(partitions)} partitions, the contract says {PARTITIONS}. "
                "Run `allywatch topics` to see what differs."
            )
