"""The partitions that this process may own, as far as the group told it."""

import asyncio
from collections.abc import Callable, Collection
from typing import Generic, TypeVar

from allywatch.records import Record
from allywatch.stream.owner import PartitionOwner

S = TypeVar("S")


class Owners(Generic[S]):
    """A late or missing call of the group costs time, not correctness: the log fences."""

    def __init__(self, make: Callable[[int], PartitionOwner[S]]) -> None:
        """Keep how to make the owner of a partition; nothing is owned yet."""
        self._make = make
        self._owned: dict[int, PartitionOwner[S]] = {}
        self._leaving: set[asyncio.Task[None]] = set()

    @property
    def owned(self) -> dict[int, PartitionOwner[S]]:
        """The owners by partition; not to be changed."""
        return self._owned

    @property
    def recovered(self) -> int:
        """How many are ready."""
        return sum(owner.ready for owner in self._owned.values())

    def assign(self, partitions: Collection[int]) -> None:
        """Own exactly these: let go of what is gone, start what is new, keep the rest."""
        wanted = set(partitions)
        for partition in self._owned.keys() - wanted:
            task = asyncio.create_task(self._owned.pop(partition).release())
            self._leaving.add(task)
            task.add_done_callback(self._leaving.discard)
        for owner in self._owned.values():
            owner.confirm()
        for partition in sorted(wanted - self._owned.keys()):
            self._owned[partition] = self._make(partition)
            self._owned[partition].start()

    def offer(self, record: Record) -> None:
        """Pass a delivered record on to its owner, if there is one."""
        if owner := self._owned.get(record.partition):
            owner.offer(record)

    async def close(self) -> None:
        """Let go of everything, all at once."""
        await asyncio.gather(*(owner.release() for owner in self._owned.values()), *self._leaving)
        self._owned.clear()
