"""Where records go: Kafka, or nowhere (`--dry-run`).

The producer is aiokafka's, idempotent: a retry inside the client neither doubles nor reorders, and
unlike kafka-python's it shares the loop with the feeds and sends about three times as much.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from aiokafka.producer.message_accumulator import BatchBuilder

from allywatch.client.access import check_access
from allywatch.config import KafkaSettings
from allywatch.errors import Refused, RetryLater, StopWorker
from allywatch.ingest.outgoing import Outgoing
from allywatch.ingest.stopping import Stopping
from allywatch_schemas import PARTITIONS, partition_of
from allywatch_schemas.topics import (
    DIPLOMATIC_EVENTS,
    MAX_INPUT_BYTES,
    NEWS_ARTICLES,
    REGION_INPUTS,
    dead_letters_of,
)

log = structlog.get_logger("allywatch.ingest")

_BATCH_BYTES = 262_144
_STOP_SECONDS = 1.0
_TOPIC_SECONDS = 5.0
_BACKOFF_SECONDS = (0.5, 5.0)


class Nowhere:
    """Takes everything, keeps nothing."""

    async def send(self, record: Outgoing) -> None:
        """Take a record."""

    async def flush(self) -> None:
        """Nothing is on the way."""


class KafkaSink:
    """Sends records through a producer that is started and stopped elsewhere.

    It fills the client's batches itself, one per partition: half the work of sending one record at a time.
    """

    def __init__(self, producer: AIOKafkaProducer, partitions: Mapping[str, int]) -> None:
        """Args: a running producer, and how many partitions each topic has."""
        self._producer = producer
        self._partitions = partitions
        self._open: dict[tuple[str, int], BatchBuilder] = {}
        self._pending: list[asyncio.Future[object]] = []

    async def send(self, record: Outgoing) -> None:
        """Take a record; it is on its way when its batch is full or at `flush`, and safe after that.

        Raises:
            RetryLater: Kafka is away.
        """
        partition = record.partition
        if partition is None:
            partition = partition_of(record.key or b"", self._partitions[record.topic])
        place = record.topic, partition
        if place not in self._open:
            self._open[place] = self._producer.create_batch()
        if not _add(self._open[place], record):
            await self._send_batch(place)
            self._open[place] = self._producer.create_batch()
            _add(self._open[place], record)

    async def flush(self) -> None:
        """Wait for every acknowledgement.

        Raises:
            RetryLater: One did not come.
        """
        for place in list(self._open):
            await self._send_batch(place)
        pending, self._pending = self._pending, []
        results = await asyncio.gather(*pending, return_exceptions=True)
        failure = next((result for result in results if isinstance(result, BaseException)), None)
        if failure is not None:
            raise _later(failure) from failure

    async def _send_batch(self, place: tuple[str, int]) -> None:
        batch = self._open.pop(place)
        topic, partition = place
        try:
            self._pending.append(await self._producer.send_batch(batch, topic, partition=partition))
        except KafkaError as exc:
            raise _later(exc) from exc


def _add(batch: BatchBuilder, record: Outgoing) -> bool:
    added = batch.append(timestamp=None, key=record.key, value=record.value, headers=list(record.headers))
    return added is not None


def _later(exc: BaseException) -> RetryLater:
    return RetryLater(
        f"Kafka did not acknowledge ({type(exc).__name__}: {exc}). Going on from the last noted position."
    )


@asynccontextmanager
async def connect(settings: KafkaSettings, stopping: Stopping) -> AsyncIterator[KafkaSink | None]:
    """A sink on a running producer; None when a request to stop came before the broker.

    Raises:
        StopWorker: The topics are missing, or not as the contract says.
        Refused: The broker does not take us with these settings.
    """
    producer = AIOKafkaProducer(
        **settings.for_aiokafka(),
        client_id="allywatch-ingest",
        acks="all",
        enable_idempotence=True,
        linger_ms=20,
        max_batch_size=_BATCH_BYTES,
        max_request_size=2 * MAX_INPUT_BYTES,
        request_timeout_ms=20_000,
    )
    with _quiet_client():
        if not await _start(producer, settings, stopping):
            yield None
            return
        try:
            yield KafkaSink(producer, await _partitions(producer))
        finally:
            # A broker that went away must not keep us from ending: what is not acknowledged is not noted.
            await asyncio.wait({asyncio.ensure_future(producer.stop())}, timeout=_STOP_SECONDS)


@contextmanager
def _quiet_client() -> Iterator[None]:
    """One line of ours where the client would write ten a second; what matters reaches us as an exception."""
    client = logging.getLogger("aiokafka")
    level = client.level
    if not client.isEnabledFor(logging.DEBUG):
        client.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        client.setLevel(level)


async def _start(producer: AIOKafkaProducer, settings: KafkaSettings, stopping: Stopping) -> bool:
    pause, longest = _BACKOFF_SECONDS
    said = False
    while not stopping.requested:
        try:
            await asyncio.to_thread(check_access, **settings.for_aiokafka())
            await producer.start()
            return True
        except Refused:
            await producer.stop()
            raise
        except KafkaError as exc:
            if not said:
                log.warning("waiting for Kafka", bootstrap=settings.bootstrap, reason=str(exc))
                said = True
        await stopping.sleep(pause)
        pause = min(pause * 2, longest)
    await producer.stop()
    return False


async def _partitions(producer: AIOKafkaProducer) -> dict[str, int]:
    """How many partitions each topic has that we write to."""
    main = (NEWS_ARTICLES.name, DIPLOMATIC_EVENTS.name)
    found: dict[str, int] = {}
    for name in (*main, *map(dead_letters_of, main), REGION_INPUTS.name):
        try:
            found[name] = len(await asyncio.wait_for(producer.partitions_for(name), _TOPIC_SECONDS))
        except (KafkaError, TimeoutError) as exc:
            raise StopWorker(
                f"topic {name} is not there ({type(exc).__name__}). Run `allywatch topics`."
            ) from None
    if found[REGION_INPUTS.name] != PARTITIONS:
        raise StopWorker(
            f"topic {REGION_INPUTS.name} has {found[REGION_INPUTS.name]} partitions, the contract says "
            f"{PARTITIONS}. Run `allywatch topics` to see what differs."
        )
    return found
