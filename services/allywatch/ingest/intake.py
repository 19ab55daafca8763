"""The intake: reads items, sends their records, dead-letters what cannot be used, notes the position."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

import structlog

from allywatch.errors import Reject, RejectReason, StopWorker
from allywatch.ingest.items import BadFile, Document, Item, Portion, Skip, Tally
from allywatch.ingest.journal import Journal
from allywatch.ingest.outgoing import Outgoing, dead_letter_of, records_of
from allywatch.ingest.rows import MAX_ROW_BYTES
from allywatch.ingest.stopping import Stopping
from allywatch.metrics.ingest import IngestMetrics
from allywatch.records import FailureLimit
from allywatch_schemas import DiplomaticEvent, NewsArticle

log = structlog.get_logger("allywatch.ingest")

CHUNK = 200
"""Items between two looks at the clock and at requests to stop."""
_LOGGED_REJECTS = 20
"""Of one portion; the rest is counted and dead-lettered, but would flood the log."""


class Sink(Protocol):
    """Where records go."""

    async def send(self, record: Outgoing) -> None:
        """Take a record; it is safe only after `flush`. Waits when too much is on the way.

        Raises:
            RetryLater: The records since the last flush may not have arrived.
        """
        ...

    async def flush(self) -> None:
        """Wait until everything sent is acknowledged.

        Raises:
            RetryLater: As above.
        """
        ...


@dataclass(frozen=True, slots=True)
class Terms:
    """How to take in."""

    backfill: bool = False
    """Mark everything as history: it never causes an alert to change."""
    limit: int | None = None
    """Stop after that many rows."""
    rate: float | None = None
    """Rows per second, at most."""
    checkpoint_seconds: float = 1.0
    """How often the position is noted: what a crash has to read again."""
    worker: str = "ingest"
    failure_limit: int = 100
    """Unexpected failures in a minute that stop us."""


class Intake:
    """Takes portions in, one after another. The counts are of what was acknowledged.

    Law: after `take` returned or raised, `tally.rows == tally.accounted`.
    """

    def __init__(
        self,
        sink: Sink,
        journal: Journal,
        metrics: IngestMetrics,
        stopping: Stopping,
        terms: Terms,
        *,
        tally: Tally | None = None,
        on_progress: Callable[[Portion, Tally], None] = lambda portion, tally: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.tally = Tally() if tally is None else tally
        self.sink = sink
        self.journal = journal
        self.metrics = metrics
        self.stopping = stopping
        self.terms = terms
        self._on_progress = on_progress
        self.clock = clock
        self._failures = FailureLimit(terms.failure_limit)
        self._turn = asyncio.Lock()

    async def take(self, portion: Portion) -> None:
        """Take in a portion; on a request to stop, as far as we are.

        Raises:
            BadFile: It cannot be read (further); what came before is acknowledged and noted.
            RetryLater: Kafka is away; take it again, from the position that is noted.
            StopWorker: Our own code fails again and again.
        """
        async with self._turn:
            await _Taking(self, portion).run()

    def understand(self, item: Item, portion: Portion) -> tuple[Document | Skip | Reject, list[Outgoing]]:
        """What an item says, or why it cannot be used, and the records for that."""
        try:
            if len(item.raw) > MAX_ROW_BYTES:
                raise Reject(
                    RejectReason.OVERSIZED, f"longer than {MAX_ROW_BYTES} bytes; the rest is cut off"
                )
            found = item.read()
            if isinstance(found, Skip):
                return found, []
            if self.terms.backfill and isinstance(found, NewsArticle | DiplomaticEvent):
                found = found.model_copy(update={"backfill": True})
            return found, records_of(found, portion.kind)
        except Reject as reject:
            return reject, [dead_letter_of(item, portion, reject, self.terms.worker)]
        except Exception as exc:  # a defect of ours: this row is kept, the rest goes on
            defect = Reject(RejectReason.PROCESSING_FAILED, f"{type(exc).__name__}: {exc}")
            if self._failures.failed(self.clock()):
                raise StopWorker(
                    f"more than {self.terms.failure_limit} unexpected failures in a minute, the last at "
                    f"{portion.name}:{item.number}: {defect.detail}. "
                    "Go back to the release before, and report it."
                ) from exc
            return defect, [dead_letter_of(item, portion, defect, self.terms.worker)]

    def count(self, portion: Portion, tally: Tally) -> None:
        """Add what was acknowledged of a portion."""
        self.tally.add(tally)
        outcomes = {
            "event": tally.events,
            "article": tally.articles,
            "retraction": tally.retractions,
            "coverage": tally.coverages,
            "skipped": tally.skipped.total(),
            "rejected": tally.rejected.total(),
        }
        newest = tally.newest.timestamp() if tally.newest else None
        rejects = {reason.value: count for reason, count in tally.rejected.items()}
        self.metrics.took(portion.kind, outcomes, rejects, tally.bytes, newest, time.time())
        self._on_progress(portion, self.tally)


class _Taking:
    """One portion on its way in."""

    def __init__(self, intake: Intake, portion: Portion) -> None:
        self._intake = intake
        self._portion = portion
        self._items = iter(portion.items)
        self._bad: BadFile | None = None
        self._tally = Tally()
        self._number = portion.resume_after
        self._noted_at = intake.clock()
        self._logged = 0

    async def run(self) -> None:
        chunk: list[Item] = []
        while not self._intake.stopping.requested and (chunk := self._next_chunk()):
            await self._send(chunk)
            await self._pace(len(chunk))
        await self._note(whole=not chunk and self._bad is None and not self._at_limit())
        if self._bad is not None:
            raise self._bad

    def _next_chunk(self) -> list[Item]:
        """What to send next; what came before damage is not lost."""
        chunk: list[Item] = []
        try:
            chunk.extend(islice(self._items, self._room()))
        except BadFile as exc:
            self._bad = exc
        return chunk

    def _room(self) -> int:
        """How many items to take at once: few when the pace is slow, none beyond the limit."""
        terms = self._intake.terms
        room = CHUNK if terms.rate is None else max(1, min(CHUNK, int(terms.rate / 10)))
        return room if terms.limit is None else min(room, terms.limit - self._taken())

    def _taken(self) -> int:
        return sum(tally.rows - tally.resumed for tally in (self._intake.tally, self._tally))

    def _at_limit(self) -> bool:
        limit = self._intake.terms.limit
        return limit is not None and self._taken() >= limit

    async def _send(self, chunk: list[Item]) -> None:
        for item in chunk:
            self._tally.rows += 1
            if item.number <= self._portion.resume_after:
                self._tally.resumed += 1
                continue
            self._tally.bytes += len(item.raw)
            found, records = self._intake.understand(item, self._portion)
            if isinstance(found, Reject):
                self._reject(item, found)
            else:
                self._tally.count(found)
            for record in records:
                await self._intake.sink.send(record)
            self._number = item.number

    async def _pace(self, count: int) -> None:
        """Let the sender and the signal handlers run; note the position when it is time; keep to the rate."""
        intake = self._intake
        await asyncio.sleep(0)
        if intake.clock() - self._noted_at >= intake.terms.checkpoint_seconds:
            await self._note(whole=False)
        if intake.terms.rate is not None:
            await intake.stopping.sleep(count / intake.terms.rate)
        if self._at_limit():
            intake.stopping.request()

    def _reject(self, item: Item, reject: Reject) -> None:
        self._tally.rejected[reject.reason] += 1
        self._logged += 1
        if self._logged <= _LOGGED_REJECTS:
            log.warning(
                "row rejected",
                position=f"{self._portion.name}:{item.number}",
                reason=reject.reason.value,
                detail=reject.detail,
            )

    async def _note(self, *, whole: bool) -> None:
        """Everything so far is acknowledged: only now it counts, and the position moves."""
        intake = self._intake
        await intake.sink.flush()
        self._portion.commit(self._number, whole)
        intake.journal.save()
        intake.count(self._portion, self._tally)
        self._tally = Tally()
        self._noted_at = intake.clock()
