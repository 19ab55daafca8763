"""Ticks are records: an owner's partition gets the time through the log, so that a replay sees the same."""

import asyncio
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, Protocol

import structlog

from allywatch_schemas import PARTITIONS, Tick, TickOrigin
from allywatch_schemas.codec import encode
from allywatch_schemas.topics import REGION_INPUTS

_log = structlog.get_logger(__name__)


class Sender(Protocol):
    """What ticks need of a producer (aiokafka's has it)."""

    async def send_and_wait(self, topic: str, value: bytes, *, partition: int, headers: Any) -> object:
        """Send one record; return when the broker has it."""
        ...


async def append_ticks(
    producer: Sender, time: datetime, origin: TickOrigin, partitions: Iterable[int] = range(PARTITIONS)
) -> None:
    """Say to these partitions what time it is. Doing so twice is harmless.

    Raises:
        kafka errors: A tick may not have arrived.
    """
    await asyncio.gather(*(_append(producer, Tick(time=time, origin=origin), p) for p in partitions))


async def _append(producer: Sender, tick: Tick, partition: int) -> None:
    value, headers = encode(
        tick, id=f"tick-{partition}-{tick.time.isoformat()}", source="/allywatch/ticks", time=tick.time
    )
    await producer.send_and_wait(REGION_INPUTS.name, value, partition=partition, headers=list(headers))


async def tick_for_ever(
    producer: Sender, partitions: Callable[[], Iterable[int]], interval_seconds: float
) -> None:
    """Append a live tick to the partitions owned at the time, every few seconds, until cancelled."""
    while True:
        try:
            await append_ticks(producer, datetime.now(UTC), TickOrigin.LIVE, list(partitions()))
        except Exception as exc:
            _log.warning("no tick was written; the next one makes up for it", error=repr(exc))
        await asyncio.sleep(interval_seconds)
