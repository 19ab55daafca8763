"""The latest value of every key of a topic."""

from allywatch.config import KafkaSettings
from allywatch_schemas import PARTITIONS


def latest(kafka: KafkaSettings, topic: str) -> dict[bytes, bytes]:
    """By key, as a `read_committed` reader sees it now. Keys of different partitions must differ."""
    from kafka import KafkaConsumer, TopicPartition

    consumer = KafkaConsumer(
        **kafka.for_kafka_python(),
        isolation_level="read_committed",
        enable_auto_commit=False,
        max_partition_fetch_bytes=4 << 20,
    )
    try:
        held = [TopicPartition(topic, partition) for partition in range(PARTITIONS)]
        consumer.assign(held)
        consumer.seek_to_beginning(*held)
        ends = consumer.end_offsets(held)
        found: dict[bytes, bytes] = {}
        while any(consumer.position(part) < ends[part] for part in held):
            for records in consumer.poll(timeout_ms=500).values():
                found.update((record.key, record.value) for record in records if record.value is not None)
        return found
    finally:
        consumer.close()
