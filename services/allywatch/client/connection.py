"""kafka-python consumers as the client needs them, and how their records are read."""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from allywatch.client.access import check_access
from allywatch.errors import AllywatchError, RetryLater
from allywatch_schemas.base import Message
from allywatch_schemas.codec import DecodeError, decode

M = TypeVar("M", bound=Message)

_STALLED_SECONDS = 30.0
_BOOTSTRAP_MS = 10_000

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A record that this client cannot read: a newer version of the contract, or rubbish."""

    topic: str
    partition: int
    offset: int
    reason: str
    value: bytes | None


OnUnreadable = Callable[[Unreadable], None]


def warn(bad: Unreadable) -> None:
    """What happens to an unreadable record when nobody asked for it."""
    log.warning("skipped %s[%d]@%d: %s", bad.topic, bad.partition, bad.offset, bad.reason)


def connect(bootstrap: str, group: str | None, reset: str, **kafka: Any) -> Any:
    """A consumer of committed records that commits nothing by itself.

    Raises:
        Refused: A broker is there and does not take us with these settings.
        RetryLater: No broker answers.
    """
    from kafka import KafkaConsumer
    from kafka.errors import KafkaError

    settings: dict[str, Any] = {
        "bootstrap_servers": bootstrap.split(","),
        "group_id": group,
        "isolation_level": "read_committed",
        "enable_auto_commit": False,
        "auto_offset_reset": reset,
        "bootstrap_timeout_ms": _BOOTSTRAP_MS,
    }
    settings |= kafka
    check_access(**settings)
    try:
        return KafkaConsumer(**settings)
    except KafkaError as exc:
        raise RetryLater(
            f"no Kafka answers at {bootstrap} ({exc}). Check the address, or start one: `allywatch broker`."
        ) from None


def partitions(consumer: Any, topic: str) -> list[Any]:
    """All partitions of a topic.

    Raises:
        AllywatchError: There is no such topic.
    """
    from kafka import TopicPartition

    found = consumer.partitions_for_topic(topic)
    if not found:
        raise AllywatchError(f"there is no topic {topic}. Create it: `allywatch topics`.")
    return [TopicPartition(topic, number) for number in sorted(found)]


def read_as(record: Any, message: type[M]) -> M | Unreadable:
    """The message of a record, or why it cannot be read."""
    try:
        decoded = decode(record.value, record.headers, (message,))
    except DecodeError as exc:
        return Unreadable(record.topic, record.partition, record.offset, str(exc), record.value)
    assert isinstance(decoded, message)
    return decoded


def read_to_end(consumer: Any, held: Sequence[Any]) -> Iterator[Any]:
    """All records of these assigned partitions, up to where they end now.

    Raises:
        RetryLater: Kafka stopped answering.
    """
    ends = consumer.end_offsets(held)
    moved = time.monotonic()
    behind = list(held)
    while behind := [tp for tp in behind if consumer.position(tp) < ends[tp]]:
        fetched = consumer.poll(timeout_ms=200)
        for tp, records in fetched.items():
            yield from (record for record in records if record.offset < ends[tp])
        if fetched:
            moved = time.monotonic()
        elif time.monotonic() - moved > _STALLED_SECONDS:
            raise RetryLater(f"Kafka sent nothing for {_STALLED_SECONDS:g} s. Try again later.")


def read_topic(bootstrap: str, topic: str, **kafka: Any) -> Iterator[Any]:
    """All committed records that a topic holds now, in order within each partition; by a consumer of its own.

    Raises:
        AllywatchError: There is no such topic.
        Refused: A broker is there and does not take us with these settings.
        RetryLater: No broker answers, or it stopped answering.
    """
    consumer = connect(bootstrap, None, "earliest", **kafka)
    try:
        held = partitions(consumer, topic)
        consumer.assign(held)
        yield from read_to_end(consumer, held)
    finally:
        consumer.close()
