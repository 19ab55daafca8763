"""A broker in memory, for tests of the owner: transactions, fencing, holes, and faults at every step."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass

from allywatch.records import Output, Record
from allywatch.stream.log import Fenced
from allywatch_schemas.codec import Headers


@dataclass(slots=True)
class _Transaction:
    """Its records count once `outcome` is True."""

    outcome: bool | None = None


@dataclass(frozen=True, slots=True)
class _Entry:
    """One offset of a log: a record, or a transaction marker (no record)."""

    record: Record | None
    transaction: _Transaction | None = None


class MemoryLog:
    """A broker in memory: transactions, fencing, holes in the offsets, and faults at every step.

    `fault` is called with the name of each step, and raises to make it fail. After a failed commit the
    transaction stays open, as on a real broker, until somebody takes the writer's name.
    """

    STEPS = (
        "writer.start",
        "reader.start",
        "begin",
        "end",
        "read",
        "topic_id",
        "commit.begin",
        "commit.half",
        "commit.sent",
        "commit.answer",
    )

    def __init__(self, fault: Callable[[str], None] = lambda step: None) -> None:
        self.fault = fault
        self.topic_ids: dict[str, str] = {}
        self.begins: dict[tuple[str, int], int] = {}
        self._logs: dict[tuple[str, int], list[_Entry]] = {}
        self._holders: dict[str, MemoryWriter] = {}

    def append(
        self, topic: str, partition: int, value: bytes | None, key: bytes | None = None, headers: Headers = ()
    ) -> Record:
        """Write one record without a transaction."""
        log = self._logs.setdefault((topic, partition), [])
        record = Record(topic, partition, len(log), key, value, headers)
        log.append(_Entry(record))
        return record

    def committed(self, topic: str, partition: int) -> list[Record]:
        """What a `read_committed` reader sees."""
        entries = self._logs.get((topic, partition), [])
        return [
            e.record
            for e in entries[self.begins.get((topic, partition), 0) : self.stable_end(topic, partition)]
            if e.record is not None and (e.transaction is None or e.transaction.outcome)
        ]

    def stable_end(self, topic: str, partition: int) -> int:
        """The offset before which no transaction is open."""
        entries = self._logs.get((topic, partition), [])
        return next(
            (i for i, e in enumerate(entries) if e.transaction and e.transaction.outcome is None),
            len(entries),
        )

    def truncate(self, topic: str, partition: int, length: int) -> None:
        """Lose the end of a log, as a broker without replicas may."""
        del self._logs[topic, partition][length:]

    async def step(self, name: str) -> None:
        """Let others run, and fail if the test wants it."""
        await asyncio.sleep(0)
        self.fault(name)

    def take_name(self, name: str, writer: "MemoryWriter") -> None:
        """Fence the writer that holds the name, and abort what it left open."""
        if holder := self._holders.get(name):
            holder.end(committed=False)
        self._holders[name] = writer

    def holds(self, name: str, writer: "MemoryWriter") -> bool:
        """Whether this writer still holds the name."""
        return self._holders.get(name) is writer

    def write(self, partition: int, output: Output | None, topic: str, transaction: _Transaction) -> None:
        """Append a record of a transaction, or its marker."""
        log = self._logs.setdefault((topic, partition), [])
        record = (
            Record(topic, partition, len(log), output.key, output.value, output.headers) if output else None
        )
        log.append(_Entry(record, transaction if record else None))

    def reader(self, partition: int) -> "MemoryReader":
        """See `allywatch.stream.log.Log`."""
        return MemoryReader(self, partition)

    def writer(self, partition: int, name: str) -> "MemoryWriter":
        """See `allywatch.stream.log.Log`."""
        return MemoryWriter(self, partition, name)

    async def topic_id(self, topic: str) -> str:
        """See `allywatch.stream.log.Log`."""
        await self.step("topic_id")
        return self.topic_ids.get(topic, f"id-of-{topic}")


class MemoryReader:
    """See `allywatch.stream.log.LogReader`; reads three offsets at a time."""

    def __init__(self, log: MemoryLog, partition: int) -> None:
        self._log = log
        self._partition = partition

    async def start(self) -> None:
        await self._log.step("reader.start")

    async def stop(self) -> None:
        pass

    async def begin(self, topic: str) -> int:
        await self._log.step("begin")
        return self._log.begins.get((topic, self._partition), 0)

    async def end(self, topic: str) -> int:
        await self._log.step("end")
        return self._log.stable_end(topic, self._partition)

    async def read(
        self, topic: str, start: int, end: int
    ) -> AsyncGenerator[tuple[Sequence[Record], int], None]:
        for offset in range(start, end, 3):
            await self._log.step("read")
            upto = min(offset + 3, end)
            yield [r for r in self._log.committed(topic, self._partition) if offset <= r.offset < upto], upto


class MemoryWriter:
    """See `allywatch.stream.log.LogWriter`."""

    def __init__(self, log: MemoryLog, partition: int, name: str) -> None:
        self._log = log
        self._partition = partition
        self._name = name
        self._open: _Transaction | None = None
        self._touched: list[str] = []

    async def start(self) -> None:
        await self._log.step("writer.start")
        self._log.take_name(self._name, self)

    async def stop(self) -> None:
        pass

    def end(self, *, committed: bool) -> None:
        """End the open transaction with a marker in every topic it wrote to."""
        if self._open is not None:
            self._open.outcome = committed
            for topic in dict.fromkeys(self._touched):
                self._log.write(self._partition, None, topic, self._open)
        self._open, self._touched = None, []

    async def commit(self, outputs: Sequence[Output]) -> None:
        await self._step("commit.begin")
        self._open = transaction = _Transaction()
        for number, output in enumerate(outputs):
            if number == len(outputs) // 2:
                await self._step("commit.half")
            self._log.write(self._partition, output, output.topic, transaction)
            self._touched.append(output.topic)
        await self._step("commit.sent")
        self.end(committed=True)
        await self._step("commit.answer")

    async def _step(self, name: str) -> None:
        await self._log.step(name)
        if not self._log.holds(self._name, self):
            raise Fenced(self._name)
