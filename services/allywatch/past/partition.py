"""What the log still holds of one partition: inputs, snapshots, and what was published. Reads only."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from types import TracebackType
from typing import Self

from allywatch.engine.snapshot import Snapshot, complete
from allywatch.errors import RejectReason
from allywatch.past.hindrance import CannotRebuild, Hindrance
from allywatch.records import OFFSET, REASON, Record
from allywatch.stream.log import Log
from allywatch.stream.position import POSITION_KEY, decode_position
from allywatch_schemas import Tick
from allywatch_schemas.codec import DecodeError, decode, header
from allywatch_schemas.topics import (
    REGION_ALERTS,
    REGION_INPUTS,
    REGION_RISK,
    REGION_SNAPSHOTS,
    REGION_STATE,
    dead_letters_of,
)

NEEDED = (
    *(t.name for t in (REGION_INPUTS, REGION_STATE, REGION_SNAPSHOTS, REGION_RISK, REGION_ALERTS)),
    dead_letters_of(REGION_INPUTS.name),
)

_NEVER_APPLIED = {RejectReason.KILLED_WORKER.value, RejectReason.OVERSIZED.value}
"""Reasons of the owner, not of the engine: a replay would not see them in the record."""


class PartitionLog:
    """One partition of all topics; use it as a context."""

    def __init__(self, log: Log, partition: int) -> None:
        self.partition = partition
        self.begin = 0
        """The first input offset that is still there."""
        self.end = 0
        """The offset that the next input will get."""
        self._log = log
        self._reader = log.reader(partition)

    async def __aenter__(self) -> Self:
        """Connect, and make sure that the inputs are those that the state was made of.

        Raises:
            CannotRebuild: They are not, or no worker has applied any.
        """
        await self._reader.start()
        try:
            await self._check_identity()
        except BaseException:
            await self._reader.stop()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Disconnect."""
        await self._reader.stop()

    async def _check_identity(self) -> None:
        self.begin = await self._reader.begin(REGION_INPUTS.name)
        stored: bytes | None = None
        async for record in self.read(REGION_STATE.name):
            if record.key == POSITION_KEY:
                stored = record.value
        where = f"partition {self.partition} of {REGION_INPUTS.name}"
        if stored is None:
            raise CannotRebuild(
                Hindrance.BEFORE_THE_BEGINNING,
                f"nothing of {where} has been scored: there is no past yet. Start `allywatch score`.",
            )
        position, now = decode_position(stored, self.partition), await self._log.topic_id(REGION_INPUTS.name)
        if position.topic_id != now:
            raise CannotRebuild(
                Hindrance.LOG_MADE_ANEW,
                f"{REGION_INPUTS.name} was deleted and made anew: what was scored came from topic id "
                f"{position.topic_id}, it is {now} now, and that past is gone. Score workers need `allywatch "
                "rebuild-state`.",
            )
        self.end = position.offset

    async def read(
        self, topic: str, start: int | None = None, end: int | None = None
    ) -> AsyncGenerator[Record, None]:
        """Committed records of [start, end) in order; by default all.

        Whoever leaves before the end must close it (`aclosing`): there is one reader for all topics.
        """
        first = await self._reader.begin(topic) if start is None else start
        last = await self._reader.end(topic) if end is None else end
        async with aclosing(self._reader.read(topic, first, last)) as chunks:
            async for records, _ in chunks:
                for record in records:
                    yield record

    async def snapshots(self) -> list[Snapshot]:
        """The snapshots that are whole and whose tick the input log still holds, oldest first."""
        found = complete([record async for record in self.read(REGION_SNAPSHOTS.name)])
        return [each for each in found if self.begin <= each.offset < self.end]

    async def told_by(self, snapshot: Snapshot) -> bool:
        """Whether the tick that made a snapshot is in this log: one of another log is no start."""
        there = self.read(REGION_INPUTS.name, snapshot.offset, snapshot.offset + 1)
        return any([_tells(record, snapshot.clock) async for record in there])

    async def never_applied(self) -> dict[int, bytes | None]:
        """Inputs that their owner gave up on, by offset: their bytes."""
        letters = self.read(dead_letters_of(REGION_INPUTS.name))
        return {
            int(header(letter.headers, OFFSET) or -1): letter.value
            async for letter in letters
            if header(letter.headers, REASON) in _NEVER_APPLIED
        }

    async def alerts(self, region: str) -> list[Record]:
        """What is left of the region's transitions, in order."""
        return [
            record
            async for record in self.read(REGION_ALERTS.name)
            if header(record.headers, "ce_subject") == region
        ]

    async def scores(self, region: str) -> list[Record]:
        """What compaction left of the region's scores, in order."""
        key = region.encode()
        return [record async for record in self.read(REGION_RISK.name) if record.key == key and record.value]


def _tells(record: Record, clock: int) -> bool:
    try:
        tick = decode(record.value, record.headers, (Tick,))
    except DecodeError:
        return False
    return isinstance(tick, Tick) and round(tick.time.timestamp() * 1000) == clock
