"""The owner of one input partition: exactly-once state, outputs and position, whoever delivers the events.

Delivered events are hints that the log reaches an offset. What is durable is decided by one transaction
holding the changed states, the outputs, the dead letters and the next input offset. After any failure the
owner forgets everything and acquires the partition again, and the log decides where it stood. It knows
neither Faust nor the domain.
"""

import asyncio
import random
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from allywatch.errors import StopWorker
from allywatch.records import Record
from allywatch.stream.inbox import Inbox
from allywatch.stream.log import Fenced, Log
from allywatch.stream.observer import Observer
from allywatch.stream.session import Session
from allywatch.stream.work import Precautions, Work

S = TypeVar("S")


class PartitionOwner(Generic[S]):
    """Owns one partition from `start` to `release`, through as many sessions as it takes."""

    def __init__(
        self, work: Work[S], log: Log, observer: Observer, on_stop: Callable[[StopWorker], None]
    ) -> None:
        """Prepare; nothing runs before `start`.

        Args:
            work: What to do with the partition.
            log: Where to read and write.
            observer: Who is told what happens.
            on_stop: Called once if the owner must stop for good; the process should end.
        """
        self._work = work
        self._log = log
        self._observer = observer
        self._on_stop = on_stop
        self._inbox = Inbox()
        self._precautions = Precautions()
        self._stop = asyncio.Event()
        self._confirmed = asyncio.Event()
        self._session: Session[S] | None = None
        self._task: asyncio.Task[None] | None = None
        self._pause = work.pace.retry
        self._acquiring = 0.0

    @property
    def ready(self) -> bool:
        """Whether states are restored and records are being applied."""
        return self._session is not None

    @property
    def position(self) -> int | None:
        """The next input offset, as committed; None while not ready."""
        return self._session.position if self._session else None

    def start(self) -> None:
        """Begin to acquire the partition."""
        self._task = asyncio.create_task(self._run(), name=self._work.writer_name)

    def offer(self, record: Record) -> None:
        """A delivered record: may be lost, repeated or out of order. Never blocks, never fails."""
        self._inbox.offer(record)

    def confirm(self) -> None:
        """The group says that the partition is ours: do not wait any longer after a fencing."""
        self._confirmed.set()

    async def release(self, timeout: float = 2.0) -> None:
        """Finish the transaction in hand and let go; after `timeout` seconds, only let go."""
        self._stop.set()
        self._inbox.wake()
        self.confirm()
        if self._task is None:
            return
        if self._session is not None:
            await asyncio.wait([self._task], timeout=timeout)
        self._task.cancel()
        await asyncio.wait([self._task], timeout=timeout)

    async def _run(self) -> None:
        while not self._stop.is_set():
            pause = 0.0
            try:
                await self._own()
            except Fenced:
                self._observer.fenced(self._work.partition)
                pause = self._give_way()
            except StopWorker as exc:
                self._on_stop(exc)
                return
            except Exception as exc:
                self._observer.failed(self._work.partition, exc)
                pause = self._back_off()
            await self._wait(pause)

    async def _own(self) -> None:
        """One session, until the owner is released or something fails."""
        session = Session(self._work, self._log, self._inbox, self._precautions, self._observer, self._stop)
        try:
            self._inbox.forget()
            await self._acquire(session)
            self._session = session
            while not self._stop.is_set():
                await session.step()
                self._pause = self._work.pace.retry
        finally:
            self._session = None
            await session.close()

    async def _acquire(self, session: Session[S]) -> None:
        started = time.monotonic()
        try:
            await session.acquire()
        finally:
            self._acquiring = time.monotonic() - started

    def _give_way(self) -> float:
        """Seconds in which whoever fenced us can acquire as we did, and then commit.

        Two owners that wait for less fence each other while they acquire, and the partition stands still.
        """
        return (self._work.pace.fence_wait + self._acquiring) * random.uniform(1.0, 1.5)

    def _back_off(self) -> float:
        pause = self._pause
        self._pause = min(2 * self._pause, self._work.pace.retry_most)
        return pause * random.uniform(0.75, 1.25)

    async def _wait(self, seconds: float) -> None:
        self._confirmed.clear()
        if seconds and not self._stop.is_set():
            try:
                async with asyncio.timeout(seconds):
                    await self._confirmed.wait()
            except TimeoutError:
                pass
