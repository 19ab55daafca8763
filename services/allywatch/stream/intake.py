"""The source topics as one group member reads them: where each partition goes on, and what a poll takes."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.abc import ConsumerRebalanceListener
from aiokafka.errors import CommitFailedError, IllegalStateError, NoOffsetForPartitionError
from aiokafka.errors import OffsetOutOfRangeError as OutOfRange

from allywatch.errors import StopWorker
from allywatch.records import Record
from allywatch.stream.header_names import forgive_header_names

TopicIds = Callable[[Collection[str]], Awaitable[Mapping[str, str]]]
"""Kafka's own ids of these topics."""

MAX_RECORDS = 2_000
_REVOKE_SECONDS = 5.0
"""How long a rebalance waits for the poll in hand. Finishing it later is harmless, see `extracting`."""
_COMMIT_SECONDS = 10.0
_STOP_SECONDS = 1.0

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Taken:
    """What a poll took from one source partition: offsets [start, end) and the records in them."""

    topic: str
    topic_id: str
    partition: int
    start: int
    end: int
    records: Sequence[Record]


async def finish(closing: Coroutine[Any, Any, None], seconds: float) -> None:
    """Give an aiokafka client so long to close: without a broker it can hang, whatever cancels it."""
    task = asyncio.create_task(closing)
    await asyncio.wait((task,), timeout=seconds)
    if not task.done():
        task.cancel()
    elif not task.cancelled() and task.exception():
        _log.info("a Kafka client did not close well", error=repr(task.exception()))


class Intake(ConsumerRebalanceListener):  # type: ignore[misc] # aiokafka's class is untyped
    """A consumer in a group that decides its positions itself, so that nothing is skipped in silence.

    A partition goes on at the group's committed offset, or at the log's start where there is none. If the
    log starts after the committed offset, records are gone: they are counted by `on_lost`, and an error is
    logged.

    Args:
        kafka: Connection settings for aiokafka.
        group: The consumer group.
        topics: What to read.
        topic_ids: Asked at every start and restart.
        on_lost: Called with (topic, records) for what retention removed unread.
        on_held: Called with the number of partitions held, None while the group rebalances.
        session_seconds: Without a heartbeat for so long, a member counts as dead.
    """

    def __init__(
        self,
        kafka: Mapping[str, Any],
        group: str,
        topics: Sequence[str],
        topic_ids: TopicIds,
        on_lost: Callable[[str, int], None],
        on_held: Callable[[int | None], None],
        session_seconds: float = 10.0,
    ) -> None:
        forgive_header_names()
        self._kafka, self._group, self._topics = kafka, group, topics
        self._session_ms = round(session_seconds * 1000)
        self._fetch_ids, self._on_lost, self._on_held = topic_ids, on_lost, on_held
        self._ids: Mapping[str, str] = {}
        self._next: dict[TopicPartition, int] = {}
        self._placed = False
        self._consumer: Any = None
        self.busy = asyncio.Lock()
        """Held while a poll is handled; a rebalance waits for it."""

    async def start(self) -> None:
        """Join the group.

        Raises:
            aiokafka.errors.KafkaError: The broker is not there.
        """
        consumer = AIOKafkaConsumer(
            **self._kafka,
            group_id=self._group,
            enable_auto_commit=False,
            auto_offset_reset="none",
            isolation_level="read_committed",
            session_timeout_ms=self._session_ms,
            heartbeat_interval_ms=2_000,
            request_timeout_ms=20_000,
            max_partition_fetch_bytes=4 << 20,
        )
        try:
            await consumer.start()
            self._ids = await self._fetch_ids(self._topics)
        except BaseException:
            await consumer.stop()
            raise
        self._consumer = consumer
        consumer.subscribe(self._topics, listener=self)

    async def stop(self) -> None:
        """Leave the group; nothing is committed here."""
        if self._consumer is not None:
            await finish(self._consumer.stop(), _STOP_SECONDS)
            self._consumer = None

    async def on_partitions_revoked(self, revoked: Collection[TopicPartition]) -> None:
        """Let the poll in hand finish, for a while, before others take over."""
        self._placed = False
        self._on_held(None)
        with suppress(TimeoutError):
            async with asyncio.timeout(_REVOKE_SECONDS), self.busy:
                pass

    async def on_partitions_assigned(self, assigned: Collection[TopicPartition]) -> None:
        """Whatever was fetched or known before no longer counts."""
        self._placed = False
        self._on_held(len(assigned))

    async def poll(self, timeout: float) -> list[Taken]:
        """Records that continue where the last poll ended, in order; at most `MAX_RECORDS`.

        Raises:
            StopWorker: A committed offset lies beyond the end of its log.
        """
        try:
            if not self._placed:
                self._placed = await self._place()
            fetched = await self._consumer.getmany(timeout_ms=int(timeout * 1000), max_records=MAX_RECORDS)
        except (NoOffsetForPartitionError, OutOfRange, IllegalStateError):
            self._placed = False  # the assignment or the log changed under us
            return []
        if not self._placed:
            return []  # a rebalance came between: place, and fetch again
        return [self._take(tp, records) for tp, records in sorted(fetched.items()) if records]

    def _take(self, tp: TopicPartition, fetched: Sequence[ConsumerRecord[Any, Any]]) -> Taken:
        start, end = self._next[tp], fetched[-1].offset + 1
        self._next[tp] = end
        records = [_record(tp, one) for one in fetched]
        return Taken(tp.topic, self._ids.get(tp.topic, ""), tp.partition, start, end, records)

    async def commit(self, taken: Sequence[Taken]) -> bool:
        """The group goes on after these. False: the group moved on without us, nothing is lost by it.

        Raises:
            aiokafka.errors.KafkaError: The broker refused.
            TimeoutError: It did not answer.
        """
        offsets = {TopicPartition(one.topic, one.partition): one.end for one in taken}
        try:
            async with asyncio.timeout(_COMMIT_SECONDS):
                await self._consumer.commit(offsets)
        except (CommitFailedError, IllegalStateError) as exc:
            _log.info("partitions moved before a commit", error=str(exc))
            self._placed = False
            return False
        return True

    async def rewind(self) -> None:
        """Go back to the committed offsets: what was polled since will be polled again."""
        self._ids = await self._fetch_ids(self._topics)
        self._placed = False

    async def lag(self) -> dict[tuple[str, int], int]:
        """Log end minus position of the partitions held, from the broker."""
        held = {tp: at for tp, at in self._next.items() if tp in self._consumer.assignment()}
        ends = await self._consumer.end_offsets(list(held)) if held else {}
        return {(tp.topic, tp.partition): max(0, end - held[tp]) for tp, end in ends.items()}

    async def _place(self) -> bool:
        held = list(self._consumer.assignment())
        if not held:
            return False
        self._next = {}
        begins = await self._consumer.beginning_offsets(held)
        ends = await self._consumer.end_offsets(held)
        for tp in held:
            committed = await self._consumer.committed(tp)
            self._next[tp] = self._start_of(tp, committed, begins[tp], ends[tp])
            self._consumer.seek(tp, self._next[tp])
        return set(held) == set(self._consumer.assignment())

    def _start_of(self, tp: TopicPartition, committed: int | None, begin: int, end: int) -> int:
        if committed is None:
            return begin
        if committed > end:
            raise StopWorker(
                f"group {self._group} stands at offset {committed} of {tp.topic}[{tp.partition}], which ends "
                f"at {end}: the topic was cut or made anew. Delete the group's offsets, then start again: "
                f"kafka-consumer-groups --delete-offsets --group {self._group} --topic {tp.topic}"
            )
        if committed < begin:
            _log.error(
                "records were removed by retention before they were read: "
                "raise the topic's retention, or run more extractors",
                topic=tp.topic,
                partition=tp.partition,
                records=begin - committed,
            )
            self._on_lost(tp.topic, begin - committed)
        return max(committed, begin)


def _record(tp: TopicPartition, fetched: ConsumerRecord[Any, Any]) -> Record:
    headers = tuple([(name, value or b"") for name, value in fetched.headers])
    return Record(tp.topic, tp.partition, fetched.offset, fetched.key, fetched.value, headers)
