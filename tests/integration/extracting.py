"""The extractor in this process, what it is given on a real broker, and what it made of it."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from prometheus_client import CollectorRegistry

from allywatch import kafkaadmin
from allywatch.config import KafkaSettings
from allywatch.metrics.extract import ExtractMetrics
from allywatch.metrics.server import Health
from allywatch.records import FailureLimit, Record
from allywatch.stream.extracting import CONDITIONS, Worker
from allywatch.stream.extraction import (
    Extraction,
    Incoming,
    check_length,
    document_of_article,
    document_of_event,
    withdrawal_of,
)
from allywatch_schemas import PARTITIONS, EvidenceBatch, NewsArticle
from allywatch_schemas.codec import Headers, encode, header
from builders import an_article, an_evidence

Sent = tuple[str, bytes | None, bytes | None, Headers]
"""Topic, key, value, headers."""

ARTICLES, EVENTS, INPUTS = "news-articles", "diplomatic-events", "region-inputs"


def one_item(incoming: Incoming) -> Extraction:
    """A reader that finds Poland in everything, and chokes on one word."""
    if isinstance(incoming, NewsArticle):
        if incoming.status == "canceled":
            return withdrawal_of(incoming)
        check_length(incoming)
        if incoming.body == "choke":
            raise RuntimeError("a defect of ours")
        document = document_of_article(incoming, "f")
    else:
        document = document_of_event(incoming)
    return Extraction(document, (an_evidence(id=f"{incoming.id}/POL", doc_id=incoming.id, region="POL"),))


def a_worker(
    kafka: KafkaSettings, *, limit: int = 100, app_id: str = "test"
) -> tuple[Worker, Health, CollectorRegistry]:
    registry, health = CollectorRegistry(), Health(CONDITIONS, time.monotonic)
    worker = Worker(
        kafka.for_aiokafka(),
        one_item,
        app_id=app_id,
        topic_ids=lambda topics: asyncio.to_thread(kafkaadmin.topic_ids, kafka, topics),
        metrics=ExtractMetrics(registry),
        health=health,
        failures=FailureLimit(limit),
        session_seconds=6,
    )
    return worker, health, registry


@asynccontextmanager
async def running(worker: Worker) -> AsyncIterator[asyncio.Task[None]]:
    stop = asyncio.Event()
    task = asyncio.create_task(worker.run(stop))
    yield task
    stop.set()
    await asyncio.wait_for(task, 5)


async def produce(kafka: KafkaSettings, sent: Sequence[Sent], partition: int = 0) -> None:
    async with AIOKafkaProducer(**kafka.for_aiokafka(), max_request_size=2 << 20) as producer:
        for topic, key, value, headers in sent:
            await producer.send_and_wait(topic, value, key, headers=list(headers), partition=partition)


async def drain(
    kafka: KafkaSettings, topic: str, enough: Callable[[list[Record]], bool], seconds: float = 20
) -> list[Record]:
    """Everything on a topic, read until it is enough (or for so long)."""
    got: list[Record] = []
    async with AIOKafkaConsumer(**kafka.for_aiokafka(), auto_offset_reset="earliest") as consumer:
        consumer.assign([TopicPartition(topic, p) for p in range(PARTITIONS)])
        until = time.monotonic() + seconds
        while not enough(got) and time.monotonic() < until:
            for tp, messages in (await consumer.getmany(timeout_ms=200)).items():
                got += [
                    Record(topic, tp.partition, m.offset, m.key, m.value, tuple(m.headers)) for m in messages
                ]
    return got


def batches_of(inputs: Sequence[Record]) -> list[EvidenceBatch]:
    return [
        EvidenceBatch.read(r.value or b"")
        for r in inputs
        if header(r.headers, "ce_type") == EvidenceBatch.TYPE
    ]


def documents_of(inputs: Sequence[Record]) -> set[str]:
    return {document.doc_id for batch in batches_of(inputs) for document in batch.documents}


def article(**changes: object) -> Sent:
    message = an_article(**changes)
    value, headers = encode(message, id=message.id, source="/test")
    return ARTICLES, message.id.encode(), value, headers


def bad(value: bytes | None, *, key: bytes | None = b"k", kind: str = NewsArticle.TYPE) -> Sent:
    return ARTICLES, key, value, (("ce_type", kind.encode()), ("trace", b"kept"))
