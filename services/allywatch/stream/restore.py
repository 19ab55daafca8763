"""Restoring a partition's states and position from the compacted state topic."""

from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from allywatch.errors import RejectReason, StopWorker
from allywatch.records import Application, Output, Record, Rejection, dead_letter
from allywatch.stream.log import LogReader
from allywatch.stream.position import (
    ATTEMPT_KEY,
    POSITION_KEY,
    Attempt,
    Position,
    decode_attempt,
    decode_position,
)

S = TypeVar("S")


@dataclass(slots=True)
class Restored(Generic[S]):
    """What the state topic said."""

    position: Position | None
    attempt: Attempt | None
    records: int
    """How many were read."""
    states: dict[bytes, S] = field(default_factory=dict)
    recovered: list[bytes] = field(default_factory=list)
    """Keys whose stored bytes were corrupt: their states must be written again."""
    dead_letters: list[Output] = field(default_factory=list)
    """Those bytes."""
    rejections: list[tuple[Record, Rejection]] = field(default_factory=list)


async def restore(
    reader: LogReader,
    application: Application[S],
    *,
    topic: str,
    partition: int,
    worker: str,
    progress: Callable[[int, int], None],
) -> Restored[S]:
    """Read the partition's states; what cannot be decoded is dead-lettered and recovered.

    Args:
        reader: Of that partition.
        application: Decodes states, and says what to start from where one is corrupt.
        topic: The state topic.
        partition: Its number.
        worker: Who we are, for dead letters.
        progress: Called with offsets read and offsets to read.

    Raises:
        StopWorker: The position cannot be read, or there is no going on without a corrupt state.
    """
    latest, count = await _latest(reader, topic, progress)
    position = latest.pop(POSITION_KEY, None)
    attempt = latest.pop(ATTEMPT_KEY, None)
    restored: Restored[S] = Restored(
        position=decode_position(position.value, partition) if position and position.value else None,
        attempt=decode_attempt(attempt.value) if attempt and attempt.value else None,
        records=count,
    )
    for key, record in latest.items():
        _decode(application, key, record, worker, restored)
    return restored


async def _latest(
    reader: LogReader, topic: str, progress: Callable[[int, int], None]
) -> tuple[dict[bytes, Record], int]:
    begin, end = await reader.begin(topic), await reader.end(topic)
    latest: dict[bytes, Record] = {}
    count = 0
    progress(0, end - begin)
    async with aclosing(reader.read(topic, begin, end)) as chunks:
        async for records, offset in chunks:
            count += len(records)
            for record in records:
                if record.key is None:
                    continue
                if record.value is None:
                    latest.pop(record.key, None)
                else:
                    latest[record.key] = record
            progress(offset - begin, end - begin)
    return latest, count


def _decode(
    application: Application[S], key: bytes, record: Record, worker: str, restored: Restored[S]
) -> None:
    value = record.value or b""
    try:
        restored.states[key] = application.decode_state(key, value)
    except StopWorker:
        raise
    except Exception as exc:
        restored.states[key] = application.recover_state(key, value, exc)
        rejection = Rejection(
            RejectReason.CORRUPT_STATE, f"{type(exc).__name__}: {exc}", key.decode("utf-8", "replace")
        )
        restored.recovered.append(key)
        restored.rejections.append((record, rejection))
        restored.dead_letters.append(dead_letter(record, rejection, worker))
