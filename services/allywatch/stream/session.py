"""One acquisition of one partition: from taking over to the first failure. Then it is thrown away."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import aclosing
from typing import Generic, TypeVar

from allywatch.errors import RejectReason, StopWorker
from allywatch.records import Output, Record, Rejection
from allywatch.stream.inbox import Inbox
from allywatch.stream.log import Log, LogReader, LogWriter, TooLarge
from allywatch.stream.observer import Observer
from allywatch.stream.patience import PatientReader, within
from allywatch.stream.position import (
    ATTEMPT_KEY,
    POSITION_KEY,
    Attempt,
    Position,
    check_end,
    once_counted,
    resume,
)
from allywatch.stream.restore import Restored, restore
from allywatch.stream.uncommitted import Oversized, Uncommitted
from allywatch.stream.work import Precautions, Work

S = TypeVar("S")


class Session(Generic[S]):
    """Applies the log of one partition, exactly once in effect, until something fails.

    Changed states, outputs, dead letters and the position go out in one transaction, or not at all.
    """

    def __init__(
        self,
        work: Work[S],
        log: Log,
        inbox: Inbox,
        precautions: Precautions,
        observer: Observer,
        stop: asyncio.Event,
    ) -> None:
        self._work = work
        self._stop = stop
        self._log = log
        self._inbox = inbox
        self._precautions = precautions
        self._observer = observer
        self._reader = PatientReader(log.reader(work.partition), work.pace.answer_timeout)
        self._writer = log.writer(work.partition, work.writer_name)
        self._uncommitted: Uncommitted[S]
        self._attempt: Attempt
        self._topic_id = ""
        self._durable = -1
        self._committed_at = 0.0
        self._breathed_at = 0.0
        self._measured_at = 0.0

    @property
    def position(self) -> int:
        """The next offset, as committed."""
        return self._durable

    async def acquire(self) -> None:
        """Fence whoever owned the partition, restore states and position, find where to go on.

        Raises:
            StopWorker: Position and log do not fit together.
        """
        started, work = time.monotonic(), self._work
        async with within(work.pace.start_timeout, "connecting"):
            await self._writer.start()
            await self._reader.start()
        restored = await restore(
            self._reader,
            work.application,
            topic=work.state,
            partition=work.partition,
            worker=work.worker,
            progress=lambda done, total: self._observer.restoring(work.partition, done, total),
        )
        async with within(work.pace.answer_timeout, f"asking for the id of {work.source}"):
            self._topic_id = await self._log.topic_id(work.source)
        begin, end = await self._reader.begin(work.source), await self._reader.end(work.source)
        self._durable = resume(
            restored.position,
            topic=work.source,
            topic_id=self._topic_id,
            partition=work.partition,
            begin=begin,
            end=end,
        )
        await self._open(restored)
        await self._note_start(restored.attempt, end)
        self._inbox.extend(end)
        self._measure(end)
        self._observer.acquired(
            work.partition,
            time.monotonic() - started,
            restored.records,
            len(restored.states),
            self._durable,
        )

    async def _open(self, restored: Restored[S]) -> None:
        work = self._work
        self._uncommitted = Uncommitted(
            work.application,
            restored.states,
            self._durable,
            work.state,
            work.worker,
            work.limits,
            self._precautions.condemned,
        )
        if restored.recovered:
            self._uncommitted.add(restored.dead_letters, restored.recovered)
            await self._commit(*self._uncommitted.settle())
            self._uncommitted.settled()
        for record, rejection in restored.rejections:
            self._observer.rejected(record, rejection)

    async def _note_start(self, last: Attempt | None, end: int) -> None:
        """Count this start, if records wait: one of them may be what ended the last one."""
        work, offset = self._work, self._durable
        if self._precautions.started or end <= offset:
            self._attempt = Attempt(offset, 1)
        else:
            # Counted once, even if the answer is lost: an owner that tries again has not died.
            self._attempt = once_counted(last, self._precautions.announced, offset)
            self._precautions.announced = self._attempt
            await self._commit(Output(work.state, ATTEMPT_KEY, self._attempt.encode()))
        self._precautions.started = True
        if self._attempt.careful:
            self._precautions.noting = True
            self._take_singly_until(offset + work.pace.careful)
        if (condemned := self._attempt.condemned) is not None:
            self._precautions.condemned[condemned] = Rejection(
                RejectReason.KILLED_WORKER,
                f"{self._attempt.starts - 1} workers died with this record in hand",
            )

    async def close(self) -> None:
        """Let go of the log."""
        self._observer.released(self._work.partition)
        closing = [asyncio.create_task(self._close(client)) for client in (self._reader, self._writer)]
        # A client that ignores its cancellation is left to itself.
        await asyncio.wait(closing, timeout=2 * self._work.pace.close_timeout)

    async def _close(self, client: LogReader | LogWriter) -> None:
        try:
            async with within(self._work.pace.close_timeout, "letting go"):
                await client.stop()
        except Exception as exc:
            self._observer.failed(self._work.partition, exc)

    async def step(self) -> None:
        """Wait for news, apply what there is, commit.

        Raises:
            Fenced: Another owner took over.
            StopWorker: Going on would lose or falsify something.
            Exception: Anything else; the session must be closed.
        """
        if not await self._inbox.news(self._uncommitted.next, self._work.pace.idle):
            await self._ask_end()
        await asyncio.sleep(self._committed_at + self._work.pace.interval - time.monotonic())
        while not self._commit_is_due() and not self._stop.is_set():
            if record := self._inbox.take(self._uncommitted.next):
                await self._apply(record)
            elif (end := self._inbox.gap(self._uncommitted.next)) > self._uncommitted.next:
                await self._catch_up(end)
            else:
                break
        await self._commit_applied()
        if time.monotonic() - self._measured_at > self._work.pace.measure:
            self._measure(await self._reader.end(self._work.source))

    async def _ask_end(self) -> None:
        """Nothing was delivered: a gap at the tail, a stalled group, or a quiet log."""
        end = await self._reader.end(self._work.source)
        check_end(self._uncommitted.next, topic=self._work.source, partition=self._work.partition, end=end)
        if end > self._uncommitted.next:
            self._inbox.extend(end)
        self._measure(end)

    async def _catch_up(self, end: int) -> None:
        """Apply [next, end) from the log: records that were never delivered, or dropped by the inbox."""
        work = self._work
        begin = await self._reader.begin(work.source)
        position = Position(self._topic_id, self._uncommitted.next)
        resume(
            position,
            topic=work.source,
            topic_id=self._topic_id,
            partition=work.partition,
            begin=begin,
            end=end,
        )
        async with aclosing(self._reader.read(work.source, self._uncommitted.next, end)) as chunks:
            async for records, offset in chunks:
                for record in records:
                    await self._apply(record)
                    if self._commit_is_due():
                        await self._commit_applied()
                    if self._stop.is_set():
                        return
                self._uncommitted.skip_to(offset)

    async def _apply(self, record: Record) -> None:
        if single := record.offset < self._precautions.single_until:
            await self._commit_applied()
            if self._precautions.noting:
                await self._note_in_hand(record.offset)
        for rejection in await self._apply_or_stop(record):
            self._observer.rejected(record, rejection)
            if rejection.reason is RejectReason.PROCESSING_FAILED:
                self._count_failure(rejection)
        self._observer.applied(record)
        if single:
            await self._commit_applied()
        await self._breathe()

    async def _apply_or_stop(self, record: Record) -> Sequence[Rejection]:
        """Where the application cannot go on, what came before still counts: the next worker starts there."""
        try:
            return self._uncommitted.apply(record)
        except StopWorker:
            await self._commit_applied()
            raise

    async def _note_in_hand(self, offset: int) -> None:
        starts = self._attempt.starts if offset == self._attempt.offset else 1
        noted = Attempt(offset, starts, in_hand=offset)
        await self._commit(Output(self._work.state, ATTEMPT_KEY, noted.encode()))

    def _count_failure(self, rejection: Rejection) -> None:
        if self._work.failures.failed(time.monotonic()):
            raise StopWorker(
                f"too many records of {self._work.source} fail unexpectedly, the last with "
                f"{rejection.detail[:300]!r}: bad code is deployed. Roll back, or raise "
                "ALLYWATCH_DEAD_LETTER_LIMIT; nothing of this transaction was written."
            )

    async def _breathe(self) -> None:
        """Let the rest of the process live: heartbeats run on this loop too."""
        if time.monotonic() - self._breathed_at > 0.02:
            await asyncio.sleep(0)
            self._breathed_at = time.monotonic()

    def _commit_is_due(self) -> bool:
        pace = self._work.pace
        late = time.monotonic() - self._committed_at > pace.interval + pace.backlog
        return self._uncommitted.pending >= pace.max_batch or (late and self._uncommitted.pending > 0)

    async def _commit_applied(self) -> None:
        if self._uncommitted.next == self._durable:
            return
        try:
            await self._commit(*self._uncommitted.settle())
        except (Oversized, TooLarge) as exc:
            self._isolate(exc)
            raise
        self._uncommitted.settled()

    async def _commit(self, *outputs: Output) -> None:
        """One transaction: these outputs, and the position."""
        started, work = time.monotonic(), self._work
        position = Position(self._topic_id, self._uncommitted.next)
        async with within(work.pace.commit_timeout, "a transaction"):
            await self._writer.commit((*outputs, Output(work.state, POSITION_KEY, position.encode())))
        self._durable = position.offset
        self._committed_at = time.monotonic()
        self._observer.committed(work.partition, self._committed_at - started, position.offset, outputs)

    def _isolate(self, exc: Exception) -> None:
        """Find the record whose outputs are too large: take them singly, then give up on the one."""
        offset = self._uncommitted.next - 1
        if self._uncommitted.pending > 1:
            self._take_singly_until(self._uncommitted.next)
        elif offset in self._precautions.condemned:
            raise StopWorker(
                f"the dead letter of {self._work.source} partition {self._work.partition} offset {offset} "
                f"is too large ({exc}). Raise max.message.bytes of its topic."
            )
        else:
            self._precautions.condemned[offset] = Rejection(RejectReason.OVERSIZED, str(exc))

    def _take_singly_until(self, offset: int) -> None:
        self._precautions.single_until = max(self._precautions.single_until, offset)

    def _measure(self, end: int) -> None:
        self._measured_at = time.monotonic()
        self._observer.measured(self._work.partition, end, self._durable)
