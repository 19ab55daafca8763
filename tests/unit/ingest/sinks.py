"""Kafka's stand-in."""

from dataclasses import dataclass, field

from allywatch.errors import RetryLater
from allywatch.ingest.outgoing import Outgoing


@dataclass
class ListSink:
    """Keeps what was sent; `acknowledged` moves at `flush`, which may fail."""

    records: list[Outgoing] = field(default_factory=list)
    acknowledged: int = 0
    failing: bool = False

    async def send(self, record: Outgoing) -> None:
        self.records.append(record)

    async def flush(self) -> None:
        if self.failing:
            raise RetryLater("no broker in this exercise. Start one.")
        self.acknowledged = len(self.records)
