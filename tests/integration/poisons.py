"""Records of every kind that cannot be used, good ones beside them, and who sends them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from allywatch.config import KafkaSettings
from allywatch_schemas import EvidenceBatch, Message
from allywatch_schemas.codec import encode
from allywatch_schemas.partitioning import partition_of
from allywatch_schemas.topics import REGION_INPUTS
from builders import a_batch, a_range, a_tick, an_article, an_evidence

NOW = datetime.now(UTC).replace(microsecond=0)
HERE = 0
"""The partition of the sources that all of it goes to, so that a record that blocks is seen."""
HOME = partition_of(b"LVA", REGION_INPUTS.partitions)

Poison = tuple[bytes | None, list[tuple[str, bytes]]]
"""Value and headers."""


class HeaderName(str):
    """The name of a header that is written as bytes that are no UTF-8."""

    def encode(self, encoding: str = "utf-8", errors: str = "strict") -> bytes:
        return b"\xff\xfename"


def written(message: Message, id: str = "1") -> tuple[bytes, list[tuple[str, bytes]]]:
    value, headers = encode(message, id=id, source="/exercise")
    return value, list(headers)


def poisons(good: Message) -> dict[str, Poison]:
    """What is dead-lettered on every topic that is read, by the reason that is given for it."""
    value, headers = written(good)
    unknown = [(k, b"org.allywatch.invented.v9" if k == "ce_type" else v) for k, v in headers]
    return {
        "not_json": (b"<html>502 Bad Gateway</html>", headers),
        "wrong_encoding": (value.replace(b"E", "É".encode("latin-1"), 1), headers),
        "unknown_type": (value, unknown),
        "invalid": (value.replace(b'"id":', b'"no_id":', 1), headers),
        "null_value": (None, headers),
    }


def good_article(number: int, **changes: Any) -> Message:
    body = f"Report {number} of an exercise. The United States may withdraw its brigade from Latvia."
    title = f"Exercise {number}: doubts about Latvia"
    return an_article(id=f"good/{number}", title=title, body=body, published_at=NOW, **changes)


def good_batch(number: int) -> EvidenceBatch:
    document = f"batch/{number}"
    item = an_evidence(id=f"evidence-{number}", doc_id=document, event_time=NOW)
    whence = a_range(partition=9, start=number, end=number + 1, totals={})
    return a_batch(id=f"batch-{number}", ranges=(whence,), items=(item,))


PATHOLOGICAL = (
    "The United States may withdraw from Latvia "
    + "(“«" * 20_000
    + "\0\x1b]0;owned\x07\x9b31m\u202e"
    + "e" + "\u0301" * 20_000
    + " Latvia" * 10_000
)  # fmt: skip


FUTURE = "In this exercise the United States may withdraw its troops from Iceland, an invented admiral said."
AFTER_ALL = 99


class Poisoner:
    """Sends raw records, one after another."""

    def __init__(self, kafka: KafkaSettings) -> None:
        from kafka import KafkaProducer

        self._producer = KafkaProducer(**kafka.for_kafka_python(), max_request_size=4 << 20)

    def send(
        self, topic: str, record: Poison, key: bytes | None = b"exercise", partition: int = HERE
    ) -> None:
        value, headers = record
        self._producer.send(topic, value, key, headers, partition).get(10)

    def tick(self, minutes: float) -> None:
        at = NOW + timedelta(minutes=minutes)
        for partition in range(REGION_INPUTS.partitions):
            self.send(REGION_INPUTS.name, written(a_tick(time=at), f"t{minutes}"), None, partition)

    def close(self) -> None:
        self._producer.close()
