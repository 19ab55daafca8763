"""The latest value of every key of a topic."""

from allywatch.client.connection import read_topic
from allywatch.config import KafkaSettings


def latest(kafka: KafkaSettings, topic: str) -> dict[bytes, bytes]:
    """By key, as a `read_committed` reader sees it now. Keys of different partitions must differ."""
    records = read_topic(kafka.bootstrap, topic, **kafka.for_kafka_python())
    return {record.key: record.value for record in records if record.value is not None}
