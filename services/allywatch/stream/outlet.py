"""What a poll sends, in the order that watermarks need."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from aiokafka import AIOKafkaProducer

from allywatch.records import Output
from allywatch.stream.batching import Batch, Packed
from allywatch.stream.intake import finish
from allywatch_schemas import EvidenceBatch, Retraction
from allywatch_schemas.codec import Envelope, encode, headers_of

SOURCE = "/allywatch/extract"
_SEND_SECONDS = 30.0
_STOP_SECONDS = 1.0

Addressed = tuple[int, Output]
"""A partition and what goes there."""


def waves(
    packed: Packed, letters: Iterable[Addressed], topic: str, partitions: int
) -> Iterable[list[Addressed]]:
    """Groups of sends: a group may go out when all of the group before it is acknowledged.

    The n-th batch of every partition stands in the n-th group, so that no later batch of a partition can be
    in its log without the earlier ones. Dead letters and retractions, which no order binds, go with the
    first.
    """
    free = [*letters, *_broadcasts(packed.retractions, topic, partitions)]
    for batches in zip_longest(*packed.batches):
        yield [(batch.partition, output_of(batch, topic)) for batch in batches if batch] + free
        free = []
    if free:
        yield free


def output_of(batch: Batch, topic: str) -> Output:
    """A batch as a record."""
    return Output(topic, None, batch.value, headers_of(Envelope(batch.id, SOURCE, EvidenceBatch.TYPE)))


def _broadcasts(retractions: Sequence[Retraction], topic: str, partitions: int) -> Iterable[Addressed]:
    for retraction in retractions:
        value, headers = encode(retraction, id=retraction.id, source=SOURCE, time=retraction.issued_at)
        for partition in range(partitions):
            yield partition, Output(topic, None, value, headers)


class Outlet:
    """An idempotent producer that is thrown away after any failure.

    Args:
        kafka: Connection settings for aiokafka.
    """

    def __init__(self, kafka: Mapping[str, Any]) -> None:
        self._kafka = kafka
        self._producer: Any = None

    async def start(self) -> None:
        """Connect.

        Raises:
            aiokafka.errors.KafkaError: The broker is not there.
        """
        producer = AIOKafkaProducer(
            **self._kafka,
            acks="all",
            enable_idempotence=True,
            linger_ms=0,
            request_timeout_ms=10_000,
            max_batch_size=1 << 20,
            max_request_size=4 << 20,
        )
        try:
            await producer.start()
        except BaseException:
            await producer.stop()
            raise
        self._producer = producer

    async def stop(self) -> None:
        """Disconnect."""
        if self._producer is not None:
            producer, self._producer = self._producer, None
            await finish(producer.stop(), _STOP_SECONDS)

    async def send(self, group: Sequence[Addressed]) -> None:
        """Send a group and wait until all of it is acknowledged.

        Raises:
            aiokafka.errors.KafkaError: Something was not written; what else was written is unknown.
            TimeoutError: No answer.
        """
        async with asyncio.timeout(_SEND_SECONDS):
            sent = [
                await self._producer.send(
                    out.topic, out.value, out.key, partition=partition, headers=list(out.headers)
                )
                for partition, out in group
            ]
            for outcome in await asyncio.gather(*sent, return_exceptions=True):
                if isinstance(outcome, BaseException):
                    raise outcome
