"""The worst delivery there is: rivals that own everything, and events dropped, doubled and shuffled."""

import asyncio
import random
from types import TracebackType
from typing import Any, Self

from aiokafka import AIOKafkaConsumer, TopicPartition
from prometheus_client import CollectorRegistry

from allywatch.config import KafkaSettings
from allywatch.kafkaadmin import topic_ids
from allywatch.metrics.score import ScoreMetrics
from allywatch.records import FailureLimit, Record
from allywatch.stream.kafka_log import KafkaLog, record_of
from allywatch.stream.owner import PartitionOwner
from allywatch.stream.owners import Owners
from allywatch.stream.patience import in_own_thread
from allywatch.stream.reporting import Reporter
from allywatch.stream.work import Pace, Work
from allywatch_schemas import PARTITIONS
from allywatch_schemas.topics import REGION_INPUTS, REGION_STATE, TOPICS
from integration.drills import engines


class HostileDelivery:
    """Owners without Faust, fed by a plain consumer that cheats."""

    def __init__(self, kafka: KafkaSettings, rivals: int, chance: random.Random) -> None:
        self._kafka = kafka
        self._chance = chance
        self._registry = CollectorRegistry()
        self._reporter = Reporter(ScoreMetrics(self._registry))
        self._log = KafkaLog(kafka.for_aiokafka(), self._topic_id)
        self._engines = engines()
        self._rivals: list[Owners[Any]] = [Owners(self._make) for _ in range(rivals)]
        self._consumer: Any = None
        self.dropped = 0

    @property
    def fenced(self) -> int:
        """How often one rival took a partition from another."""
        return int(self._registry.get_sample_value("allywatch_score_fenced_total") or 0)

    async def __aenter__(self) -> Self:
        self._consumer = AIOKafkaConsumer(**self._kafka.for_aiokafka(), auto_offset_reset="earliest")
        await self._consumer.start()
        self._consumer.assign([TopicPartition(REGION_INPUTS.name, p) for p in range(PARTITIONS)])
        for owners in self._rivals:
            owners.assign(range(PARTITIONS))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.gather(*(owners.close() for owners in self._rivals))
        await self._consumer.stop()

    async def deliver(self) -> None:
        """Pass on what came: about a third is dropped, some doubled, all of it shuffled."""
        polled = await self._consumer.getmany(timeout_ms=100)
        events = [record_of(message) for messages in polled.values() for message in messages]
        kept = [event for event in events if self._chance.random() > 0.3]
        self.dropped += len(events) - len(kept)
        kept += [event for event in kept if self._chance.random() < 0.2]
        self._chance.shuffle(kept)
        for event in kept:
            self._offer(event)

    def _offer(self, event: Record) -> None:
        for owners in self._rivals:
            if self._chance.random() < 0.8:
                owners.offer(event)

    def _make(self, partition: int) -> PartitionOwner[Any]:
        work = Work(
            application=self._engines[partition],
            partition=partition,
            source=REGION_INPUTS.name,
            state=REGION_STATE.name,
            writer_name=f"drill-{partition}",
            worker="drill",
            limits={name: topic.max_message_bytes for name, topic in TOPICS.items()},
            failures=FailureLimit(100),
            pace=Pace(fence_wait=2.0),
        )
        return PartitionOwner(work, self._log, self._reporter, self._fail)

    def _fail(self, error: Exception) -> None:
        raise error

    async def _topic_id(self, topic: str) -> str:
        return (await in_own_thread(lambda: topic_ids(self._kafka, [topic])))[topic]
