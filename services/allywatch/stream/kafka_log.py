"""The real log: aiokafka, a fenced transactional producer and a `read_committed` consumer per partition."""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition
from aiokafka.errors import (
    IllegalOperation,
    InvalidProducerEpoch,
    MessageSizeTooLargeError,
    ProducerFenced,
    RecordListTooLargeError,
    RecordTooLargeError,
)

from allywatch.records import Output, Record
from allywatch.stream.header_names import forgive_header_names
from allywatch.stream.log import Fenced, TooLarge

MAX_REQUEST_BYTES = 16 << 20
MAX_BATCH_BYTES = 512 << 10
"""Below the smallest `max.message.bytes`, which counts whole batches. A larger record travels alone."""
FETCH_BYTES = 4 << 20
STALLED_AFTER = 15.0
"""Seconds without progress after which reading has failed."""


def record_of(message: "ConsumerRecord[Any, Any]") -> Record:
    """A consumed record as a plain value."""
    headers = tuple((name, value or b"") for name, value in message.headers)
    return Record(message.topic, message.partition, message.offset, message.key, message.value, headers)


class KafkaReader:
    """See `allywatch.stream.log.LogReader`."""

    def __init__(self, client: Mapping[str, Any], partition: int) -> None:
        self._client = client
        self._partition = partition
        self._consumer: Any = None

    async def start(self) -> None:
        """Connect."""
        self._consumer = AIOKafkaConsumer(
            **self._client,
            isolation_level="read_committed",
            enable_auto_commit=False,
            auto_offset_reset="none",
            request_timeout_ms=10_000,
            max_partition_fetch_bytes=FETCH_BYTES,
            fetch_max_bytes=FETCH_BYTES,
        )
        await self._consumer.start()

    async def stop(self) -> None:
        """Disconnect."""
        if self._consumer is not None:
            await self._consumer.stop()

    async def begin(self, topic: str) -> int:
        """The first offset the log still holds."""
        where = TopicPartition(topic, self._partition)
        return int((await self._consumer.beginning_offsets([where]))[where])

    async def end(self, topic: str) -> int:
        """The offset after the last one that can be read."""
        where = TopicPartition(topic, self._partition)
        return int((await self._consumer.end_offsets([where]))[where])

    async def read(
        self, topic: str, start: int, end: int
    ) -> AsyncGenerator[tuple[Sequence[Record], int], None]:
        """Records of [start, end), passing over holes.

        Raises:
            TimeoutError: Nothing moved for `STALLED_AFTER` seconds.
        """
        if start >= end:
            return
        where = TopicPartition(topic, self._partition)
        self._consumer.assign([where])
        self._consumer.seek(where, start)
        offset, moved = start, time.monotonic()
        try:
            while offset < end:
                batch = (await self._consumer.getmany(where, timeout_ms=500)).get(where, [])
                before, offset = offset, min(await self._consumer.position(where), end)
                if offset > before:
                    moved = time.monotonic()
                elif time.monotonic() - moved > STALLED_AFTER:
                    raise TimeoutError(f"no progress reading {topic} partition {self._partition} at {offset}")
                yield [record_of(message) for message in batch if message.offset < end], offset
        finally:
            self._consumer.pause(where)  # unsubscribe() can kill aiokafka's fetcher


class KafkaWriter:
    """See `allywatch.stream.log.LogWriter`."""

    def __init__(self, client: Mapping[str, Any], partition: int, name: str, timeout: float) -> None:
        self._client = client
        self._partition = partition
        self._name = name
        self._timeout = timeout
        self._producer: Any = None

    async def start(self) -> None:
        """Fence the previous owner and end its transaction."""
        self._producer = AIOKafkaProducer(
            **self._client,
            transactional_id=self._name,
            acks="all",
            linger_ms=0,
            request_timeout_ms=10_000,
            transaction_timeout_ms=int(self._timeout * 1_000),
            max_batch_size=MAX_BATCH_BYTES,
            max_request_size=MAX_REQUEST_BYTES,
        )
        await self._producer.start()

    async def stop(self) -> None:
        """Disconnect."""
        if self._producer is not None:
            await self._producer.stop()

    async def commit(self, outputs: Sequence[Output]) -> None:
        """Write all in one transaction, or none.

        Raises:
            Fenced: Somebody else holds the name now.
            TooLarge: The broker refuses a record for its size.
        """
        try:
            await self._transact(outputs)
        except (ProducerFenced, InvalidProducerEpoch, IllegalOperation) as exc:
            raise Fenced(str(exc)) from exc
        except (MessageSizeTooLargeError, RecordListTooLargeError, RecordTooLargeError) as exc:
            raise TooLarge(str(exc)) from exc

    async def _transact(self, outputs: Sequence[Output]) -> None:
        await self._producer.begin_transaction()
        sent = []
        for output in outputs:
            delivery = await self._producer.send(
                output.topic,
                value=output.value,
                key=output.key,
                partition=self._partition,
                headers=list(output.headers),
            )
            delivery.add_done_callback(_seen)  # when a later send fails, nobody awaits this one
            sent.append(delivery)
        # aiokafka would commit although a batch failed: every delivery is awaited first.
        await asyncio.gather(*sent)
        await self._producer.commit_transaction()


def _seen(delivery: "asyncio.Future[Any]") -> None:
    """Asyncio complains of an exception that nobody looked at."""
    if not delivery.cancelled():
        delivery.exception()


class KafkaLog:
    """See `allywatch.stream.log.Log`."""

    def __init__(
        self,
        client: Mapping[str, Any],
        topic_id: Callable[[str], Awaitable[str]],
        transaction_timeout: float = 15.0,
    ) -> None:
        """Keep how to connect.

        Args:
            client: Keyword arguments for aiokafka's clients (`KafkaSettings.for_aiokafka()`).
            topic_id: Kafka's own id of a topic; aiokafka does not know it.
            transaction_timeout: Seconds after which the broker ends an open transaction.
        """
        forgive_header_names()
        self._client = client
        self._topic_id = topic_id
        self._timeout = transaction_timeout

    def reader(self, partition: int) -> KafkaReader:
        """A reader of this partition; not started."""
        return KafkaReader(self._client, partition)

    def writer(self, partition: int, name: str) -> KafkaWriter:
        """A writer to this partition under `name`; not started."""
        return KafkaWriter(self._client, partition, name, self._timeout)

    async def topic_id(self, topic: str) -> str:
        """Kafka's own id of the topic."""
        return await self._topic_id(topic)
