"""A broker of the benchmark's own, its topics, and what is put on them beforehand."""

import asyncio
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from aiokafka import AIOKafkaProducer

from allywatch.broker.local import LocalBroker
from allywatch.broker.topics import ensure_topics
from allywatch.config import KafkaSettings
from allywatch.kafkaadmin import admin_client
from allywatch_schemas import TOPICS, DiplomaticEvent, NewsArticle
from allywatch_schemas.codec import Headers, encode
from allywatch_schemas.topics import DIPLOMATIC_EVENTS, NEWS_ARTICLES

REGION_TOPICS = tuple(name for name in TOPICS if name.startswith("region-"))
SOURCE_TOPICS = tuple(name for name in TOPICS if not name.startswith("region-"))
_RETRIES = 100
_SETTLE = 1.0
"""Seconds in which a broker becomes the leader of new partitions; before, it refuses to be written to."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running broker and a folder for logs."""

    kafka: KafkaSettings
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to find the broker."""
        return {"ALLYWATCH_KAFKA_BOOTSTRAP": self.kafka.bootstrap}

    def renew(self, topics: Collection[str]) -> None:
        """Make these topics anew: empty, with other ids."""
        with admin_client(self.kafka) as admin:
            existing = set(admin.list_topics()) & set(topics)
            if existing:
                admin.delete_topics(sorted(existing))
            for _ in range(_RETRIES):
                if not set(admin.list_topics()) & set(topics):
                    break
                time.sleep(0.1)
        ensure_topics(self.kafka)
        time.sleep(_SETTLE)


@contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    """A new broker with all topics; gone at the end."""
    with LocalBroker(folder / "broker") as broker:
        kafka = KafkaSettings(bootstrap=broker.bootstrap)
        ensure_topics(kafka)
        yield Cluster(kafka, folder)


Encoded = tuple[str, bytes, bytes, Headers]
"""Topic, key, value and headers."""


def encoded(message: NewsArticle | DiplomaticEvent) -> Encoded:
    """A source document as ingest writes it."""
    if isinstance(message, NewsArticle):
        topic, time_ = NEWS_ARTICLES.name, message.published_at
    else:
        topic, time_ = DIPLOMATIC_EVENTS.name, message.occurred_at
    value, headers = encode(message, id=message.id, source="/bench", time=time_)
    return topic, message.id.encode(), value, headers


def preload(kafka: KafkaSettings, messages: Iterable[NewsArticle | DiplomaticEvent]) -> int:
    """Put documents on their topics; returns how many."""
    return asyncio.run(_preload(kafka, messages))


async def _preload(kafka: KafkaSettings, messages: Iterable[NewsArticle | DiplomaticEvent]) -> int:
    count = 0
    async with producer(kafka, linger_ms=20) as sender:
        for message in messages:
            topic, key, value, headers = encoded(message)
            await sender.send(topic, value, key, headers=list(headers))
            count += 1
        await sender.flush()
    return count


def producer(kafka: KafkaSettings, linger_ms: int = 5) -> AIOKafkaProducer:
    """A producer as ingest has it."""
    return AIOKafkaProducer(
        **kafka.for_aiokafka(),
        enable_idempotence=True,
        linger_ms=linger_ms,
        max_batch_size=1 << 18,
        max_request_size=4 << 20,
    )


def held(kafka: KafkaSettings, topic: str) -> int:
    """How many offsets a topic holds, over all partitions."""
    from kafka import KafkaConsumer, TopicPartition

    consumer = KafkaConsumer(**kafka.for_kafka_python(), enable_auto_commit=False)
    try:
        parts = [TopicPartition(topic, partition) for partition in range(TOPICS[topic].partitions)]
        begins, ends = consumer.beginning_offsets(parts), consumer.end_offsets(parts)
        return sum(ends[part] - begins[part] for part in parts)
    finally:
        consumer.close()
