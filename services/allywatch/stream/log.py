"""What a partition owner needs of a log. `kafka_log.py` is the real one; the tests have one in memory."""

from collections.abc import AsyncGenerator, Sequence
from typing import Protocol

from allywatch.records import Output, Record


class Fenced(Exception):
    """A newer writer with the same name took over; nothing of the transaction in hand counts."""


class TooLarge(Exception):
    """The broker refuses one of the records for its size."""


class LogReader(Protocol):
    """Reads one partition of several topics; sees only what is committed."""

    async def start(self) -> None:
        """Connect."""
        ...

    async def stop(self) -> None:
        """Disconnect."""
        ...

    async def begin(self, topic: str) -> int:
        """The first offset the log still holds."""
        ...

    async def end(self, topic: str) -> int:
        """The offset that the next record will get."""
        ...

    def read(self, topic: str, start: int, end: int) -> AsyncGenerator[tuple[Sequence[Record], int], None]:
        """Records of [start, end) in order, each time with the offset to go on from.

        That offset may lie beyond the last record, because logs have holes (transaction markers, aborted
        and compacted records), and ends at `end`. One reading at a time.
        """
        ...


class LogWriter(Protocol):
    """Writes transactions to one partition of several topics, under a name that only one writer can hold."""

    async def start(self) -> None:
        """Take the name: whoever held it is fenced, and its open transaction ended."""
        ...

    async def stop(self) -> None:
        """Let go; an open transaction does not count."""
        ...

    async def commit(self, outputs: Sequence[Output]) -> None:
        """Write all of them in one transaction, in order, or none.

        Raises:
            Fenced: Somebody else holds the name now.
            TooLarge: One of them is above the broker's limit.
            Exception: Anything else; it is unknown whether the transaction counts.
        """
        ...


class Log(Protocol):
    """Where owners get their readers and writers."""

    def reader(self, partition: int) -> LogReader:
        """A reader of this partition; not started."""
        ...

    def writer(self, partition: int, name: str) -> LogWriter:
        """A writer to this partition under `name` (Kafka's transactional id); not started."""
        ...

    async def topic_id(self, topic: str) -> str:
        """The log's own id of the topic: a topic deleted and made anew has another."""
        ...
