"""Writing an order to Kafka, and hearing what the engine made of a decision (kafka-python)."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allywatch.client.connection import connect
from allywatch.config import KafkaSettings
from allywatch.control.answers import HEARD_ON, Answer, Listener, Outcome
from allywatch.control.orders import Order
from allywatch.errors import RetryLater
from allywatch.kafkaadmin import topic_ids
from allywatch.records import Record
from allywatch_schemas.topics import REGION_INPUTS

_SECONDS = 10.0
_GRACE = 1.0
"""What one transaction writes to several topics arrives within so many seconds."""


def send(kafka: KafkaSettings, order: Order) -> dict[int, int]:
    """Write an order to its partitions.

    Returns:
        The offset it got, by partition.

    Raises:
        RetryLater: No broker answered, or not all partitions have it; doing it again is harmless.
        AllywatchError: The topic does not exist.
    """
    from kafka.errors import KafkaError

    topic_ids(kafka, [REGION_INPUTS.name])  # a producer would wait a minute for a topic that is not there
    with _producer(kafka) as producer:
        try:
            sent = [
                producer.send(
                    REGION_INPUTS.name,
                    key=order.key,
                    value=order.value,
                    headers=list(order.headers),
                    partition=partition,
                )
                for partition in order.partitions
            ]
            return {each.partition: each.offset for each in [future.get(_SECONDS) for future in sent]}
        except KafkaError as exc:
            raise RetryLater(
                f"Kafka did not take it everywhere ({exc}). Do it again: once is enough."
            ) from exc


@contextmanager
def _producer(kafka: KafkaSettings) -> Iterator[Any]:
    from kafka import KafkaProducer

    producer = KafkaProducer(**kafka.for_kafka_python(), acks="all", max_block_ms=round(_SECONDS * 1000))
    try:
        yield producer
    finally:
        producer.close()


def send_and_listen(kafka: KafkaSettings, order: Order, region: str, seconds: float) -> Answer:
    """Write a decision, and wait for what the score workers say of it.

    Args:
        kafka: Where.
        order: For one partition.
        region: Whose alert it is.
        seconds: How long to wait, at most.

    Raises:
        RetryLater: No broker answered.
        AllywatchError: A topic does not exist.
    """
    from kafka import TopicPartition

    topic_ids(kafka, [REGION_INPUTS.name, *HEARD_ON])
    consumer = connect(kafka.bootstrap, None, "latest", **_connection(kafka))
    try:
        held = [TopicPartition(topic, order.partitions[0]) for topic in HEARD_ON]
        consumer.assign(held)
        for each in held:
            consumer.position(each)  # settled now: what is written from here on is heard
        ((_, offset),) = send(kafka, order).items()
        return _listen(consumer, Listener(offset, region), time.monotonic() + seconds)
    finally:
        consumer.close()


def _listen(consumer: Any, listener: Listener, until: float) -> Answer:
    while (left := until - time.monotonic()) > 0 and not listener.answer.final:
        before = listener.answer
        for records in consumer.poll(timeout_ms=round(1_000 * min(left, 0.2))).values():
            for each in records:
                headers = tuple((name, value or b"") for name, value in each.headers)
                listener.hear(Record(each.topic, each.partition, each.offset, each.key, each.value, headers))
        if before.outcome is Outcome.UNHEARD and listener.answer != before:
            until = min(until, time.monotonic() + _GRACE)
    return listener.answer


def _connection(kafka: KafkaSettings) -> dict[str, Any]:
    return kafka.for_kafka_python() | {"bootstrap_servers": kafka.servers}
