"""Delivered records, as hints: they may be lost, repeated or reordered, and the inbox may drop them."""

import asyncio
from collections import deque

from allywatch.records import Record

MAX_RECORDS = 5_000
MAX_BYTES = 8 << 20


class Inbox:
    """Bounded. What matters is `reach`, how far the log is known to go; the records only save reading it."""

    def __init__(self, max_records: int = MAX_RECORDS, max_bytes: int = MAX_BYTES) -> None:
        self.reach = 0
        """Every offset below this one exists in the log."""
        self._waiting: deque[Record] = deque()
        self._bytes = 0
        self._max_records = max_records
        self._max_bytes = max_bytes
        self._news = asyncio.Event()

    def offer(self, record: Record) -> None:
        """Take a delivered record, or only note its offset when full. Never blocks, never fails."""
        size = len(record.value or b"")
        if len(self._waiting) < self._max_records and self._bytes + size <= self._max_bytes:
            self._waiting.append(record)
            self._bytes += size
        self.extend(record.offset + 1)

    def extend(self, end: int) -> None:
        """Note that the log reaches `end`."""
        self.reach = max(self.reach, end)
        self._news.set()

    def take(self, offset: int) -> Record | None:
        """The record at `offset` if it is the next one waiting; older ones are dropped on the way."""
        while self._waiting and self._waiting[0].offset <= offset:
            record = self._waiting.popleft()
            self._bytes -= len(record.value or b"")
            if record.offset == offset:
                return record
        return None

    def gap(self, offset: int) -> int:
        """Up to where the log must be read, from `offset`: to the next record waiting, or as far as known."""
        return self._waiting[0].offset if self._waiting else max(self.reach, offset)

    async def news(self, offset: int, timeout: float) -> bool:
        """Wait until the log reaches beyond `offset`, or for `wake`. False: `timeout` seconds passed."""
        if self.reach > offset:
            return True
        self._news.clear()
        try:
            async with asyncio.timeout(timeout):
                await self._news.wait()
        except TimeoutError:
            return False
        return True

    def wake(self) -> None:
        """End a `news` that waits."""
        self._news.set()

    def forget(self) -> None:
        """Drop what waits, and what is known of the log: a new owner asks it."""
        self._waiting.clear()
        self._bytes = 0
        self.reach = 0
