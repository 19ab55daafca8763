"""What an owner tells whoever watches it. The metrics implement it; the owner knows no metrics."""

from collections.abc import Sequence
from typing import Protocol

from allywatch.records import Output, Record, Rejection


class Observer(Protocol):
    """Called from the owner's loop: must be quick and must not raise."""

    def restoring(self, partition: int, done: int, total: int) -> None:
        """So many of so many offsets of the state log were read."""
        ...

    def acquired(self, partition: int, seconds: float, records: int, states: int, position: int) -> None:
        """The owner took over, and goes on from `position`."""
        ...

    def released(self, partition: int) -> None:
        """The owner no longer holds the partition, for whatever reason."""
        ...

    def fenced(self, partition: int) -> None:
        """Another owner took over."""
        ...

    def failed(self, partition: int, error: Exception) -> None:
        """Something failed; the owner forgets everything and acquires again."""
        ...

    def applied(self, record: Record) -> None:
        """A record was applied, or dead-lettered whole; the transaction is still to come."""
        ...

    def rejected(self, record: Record, rejection: Rejection) -> None:
        """A record, or one region's share of it, goes to the dead letters."""
        ...

    def committed(self, partition: int, seconds: float, position: int, outputs: Sequence[Output]) -> None:
        """A transaction counts: it took so long, and wrote these outputs beside states and position."""
        ...

    def measured(self, partition: int, end: int, position: int) -> None:
        """The log's end was asked for; lag is end − position."""
        ...
