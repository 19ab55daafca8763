"""The extractor's loop: poll, extract, send, and only when all is acknowledged commit.

Why nothing is lost or counted twice. The reader of `region-inputs` skips what lies below its watermark,
which forgives repeats but not holes. So the law of `batching` must hold in the log whatever happens to
extractors: a batch with the range [start, end) comes after all evidence from below `start`. It holds by
induction, because a poll starts only in two places: at a committed offset, and a commit follows the
acknowledgement of everything below it; or where the same worker's last poll ended, and that one was
acknowledged. Within a poll, a partition's second batch waits for the first (`outlet.waves`). Then:

* *kill between send and commit*: the next owner polls the range again, cut as it may be; watermarks skip it.
* *a send fails or is not answered*: it may or may not be in the log, or come later. New producer, back to the
  committed offset. If the old batch does arrive, then as a batch whose predecessors were acknowledged.
* *a zombie*, frozen with [100, 200) in hand, wakes after the new owner sent [100, 150): its batch moves the
  watermark to 200 and holds the items of 150 to 199 itself; when the new owner sends [150, 210), the rest of
  it, from 200, counts. Had the new owner passed 200, all of the zombie's batch is below the watermark. Its
  commit is refused by the group; were it accepted, a range would be read twice, which is the first case.
* *two extractors cut differently*: a watermark may stand inside a batch; items say their offset, so the part
  below is skipped item by item, and world totals count in proportion.
"""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import structlog
from aiokafka.errors import KafkaError

from allywatch.client.access import check_access
from allywatch.errors import AllywatchError, RejectReason, StopWorker
from allywatch.metrics.extract import ExtractMetrics
from allywatch.metrics.server import Health
from allywatch.records import FailureLimit, Record, Rejection, dead_letter
from allywatch.stream.batching import Packed, Polled, pack
from allywatch.stream.extraction import Extractor
from allywatch.stream.heap import freeze_heap
from allywatch.stream.intake import MAX_RECORDS, Intake, Taken, TopicIds
from allywatch.stream.outlet import Addressed, Outlet, waves
from allywatch.stream.poll_interval import PollInterval
from allywatch.stream.reading import Reading, read
from allywatch_schemas import PARTITIONS
from allywatch_schemas.topics import DIPLOMATIC_EVENTS, NEWS_ARTICLES, REGION_INPUTS

CONDITIONS = ("assigned", "committing", "broker")
WORKER = "extract"
_SOURCES = (NEWS_ARTICLES.name, DIPLOMATIC_EVENTS.name)
_FETCH_SECONDS = 0.2
_SLICE_SECONDS = 0.02
"""Of extraction, between which heartbeats get their turn."""
_LOOK_SECONDS = 5.0
"""Between two questions for the log's end; also the time the broker has to answer."""
_RETRY_SECONDS = 1.0

_log = structlog.get_logger(__name__)


class Worker:
    """One extractor process.

    Args:
        kafka: Connection settings for aiokafka.
        extract: What makes evidence of a document; pure.
        app_id: Prefix of the consumer group.
        topic_ids: Asks the broker for Kafka's own ids of topics.
        metrics: Where to count.
        health: Told the conditions of `CONDITIONS`.
        failures: How many defects a minute stop the worker.
        partitions: Of `region-inputs`.
        session_seconds: Without a heartbeat for so long, others take over this worker's partitions.
    """

    def __init__(
        self,
        kafka: Mapping[str, Any],
        extract: Extractor,
        *,
        app_id: str,
        topic_ids: TopicIds,
        metrics: ExtractMetrics,
        health: Health,
        failures: FailureLimit,
        partitions: int = PARTITIONS,
        session_seconds: float = 10.0,
    ) -> None:
        self._kafka = kafka
        self._extract, self._failures, self._partitions = extract, failures, partitions
        self._metrics, self._health = metrics, health
        self._intake = Intake(
            kafka,
            f"{app_id}-extract",
            _SOURCES,
            topic_ids,
            self._count_lost,
            self._count_held,
            session_seconds,
        )
        self._outlet = Outlet(kafka)
        self._interval = PollInterval()

    async def run(self, stop: asyncio.Event) -> None:
        """Work until told to stop; the poll in hand is finished first.

        Raises:
            StopWorker: Going on would lose something, or our own code fails again and again.
        """
        looking: asyncio.Task[None] | None = None
        try:
            await self._reach(self._intake.start, stop)
            await self._reach(self._outlet.start, stop)
            looking = asyncio.create_task(self._look())
            freeze_heap()
            while not stop.is_set():
                await self._step(stop)
        finally:
            if looking:
                looking.cancel()
            await asyncio.gather(self._outlet.stop(), self._intake.stop())

    async def _reach(self, start: Callable[[], Any], stop: asyncio.Event) -> None:
        """Start a client, however long the broker takes to come up.

        Raises:
            Refused: It is up and does not take us with these settings.
        """
        waiting = False
        while not stop.is_set():
            self._health.beat()
            try:
                await asyncio.to_thread(check_access, **self._kafka)
                await start()
            except StopWorker:
                raise
            except (KafkaError, AllywatchError, OSError, TimeoutError) as exc:
                self._health.set("broker", False, "not reached")
                if not waiting:
                    where = self._kafka.get("bootstrap_servers")
                    _log.warning("waiting for Kafka", address=where, reason=_first_line(exc))
                waiting = True
                await _sleep(stop, _RETRY_SECONDS)
            else:
                self._health.set("broker", True)
                return

    async def _step(self, stop: asyncio.Event) -> None:
        await _sleep(stop, self._interval.wait(time.monotonic()))
        taken = await self._intake.poll(_FETCH_SECONDS)
        self._health.beat()
        if not taken:
            return
        try:
            async with self._intake.busy:
                await self._handle(taken)
        except (KafkaError, TimeoutError) as exc:
            await self._restart(exc, stop)

    async def _restart(self, why: Exception, stop: asyncio.Event) -> None:
        self._metrics.restarts.inc()
        self._health.set("committing", False, _first_line(why))
        _log.warning("starting again from the committed offsets", reason=_first_line(why))
        await self._outlet.stop()
        await self._reach(self._outlet.start, stop)
        await self._reach(self._intake.rewind, stop)

    async def _handle(self, taken: Sequence[Taken]) -> None:
        began = time.monotonic()
        polled = await self._read(taken)
        have_read = time.monotonic()
        packed = pack(polled, self._partitions)
        readings = [reading for one in polled for reading in one.readings]
        letters = self._letters(readings, packed)
        have_packed = time.monotonic()
        for group in waves(packed, letters, REGION_INPUTS.name, self._partitions):
            await self._outlet.send(group)
        have_sent = time.monotonic()
        committed = await self._intake.commit(taken)
        done = time.monotonic()
        self._health.set("committing", committed, "" if committed else "partitions moved")
        self._interval.polled(began, done - have_packed, full=len(readings) >= MAX_RECORDS)
        self._observe_times(began, have_read, have_packed, have_sent, done)
        self._observe(readings, packed)

    async def _read(self, taken: Sequence[Taken]) -> list[Polled]:
        polled = []
        pause_at = time.monotonic() + _SLICE_SECONDS
        for one in taken:
            readings = []
            for record in one.records:
                readings.append(self._read_one(record))
                if time.monotonic() > pause_at:
                    await asyncio.sleep(0)
                    pause_at = time.monotonic() + _SLICE_SECONDS
            polled.append(Polled(one.topic, one.topic_id, one.partition, one.start, one.end, readings))
        return polled

    def _read_one(self, record: Record) -> Reading:
        reading = read(record, self._extract)
        rejection = reading.rejection
        if rejection is None or rejection.reason is not RejectReason.PROCESSING_FAILED:
            return reading
        where = f"{record.topic}[{record.partition}]@{record.offset}"
        _log.error("a record fails in our own code", record=where, error=rejection.detail)
        if self._failures.failed(time.monotonic()):
            raise StopWorker(
                f"too many records fail in our own code, the last with {rejection.detail}. Nothing of this "
                "poll was committed: deploy code that can read them, and they will be read again."
            )
        return reading

    def _letters(self, readings: Sequence[Reading], packed: Packed) -> list[Addressed]:
        rejected: list[tuple[Record, Rejection]] = list(packed.rejected)
        rejected += [(one.record, one.rejection) for one in readings if one.rejection]
        for record, rejection in rejected:
            self._metrics.rejects.labels(record.topic, rejection.reason).inc()
        return [(record.partition, dead_letter(record, rejection, WORKER)) for record, rejection in rejected]

    async def _look(self) -> None:
        """Keep lag and the broker's health up to date, beside the loop so that neither waits."""
        while True:
            try:
                async with asyncio.timeout(_LOOK_SECONDS):
                    lags = await self._intake.lag()
            except (KafkaError, TimeoutError) as exc:
                self._health.set("broker", False, _first_line(exc) or "no answer")
            else:
                self._health.set("broker", True)
                self._metrics.lag.clear()
                for (topic, partition), lag in lags.items():
                    self._metrics.lag.labels(topic, str(partition)).set(lag)
            await asyncio.sleep(_LOOK_SECONDS)

    def _count_lost(self, topic: str, records: int) -> None:
        self._metrics.lost.labels(topic).inc(records)

    def _count_held(self, partitions: int | None) -> None:
        self._health.set(
            "assigned",
            partitions is not None,
            "rebalancing" if partitions is None else f"{partitions} partitions",
        )
        if partitions is not None:
            self._health.set("committing", True, "nothing polled yet")

    def _observe_times(self, *moments: float) -> None:
        for stage, start, end in zip(("read", "pack", "send", "commit"), moments, moments[1:], strict=False):
            self._metrics.stage_seconds.labels(stage).observe(end - start)

    def _observe(self, readings: Sequence[Reading], packed: Packed) -> None:
        self._metrics.poll_interval.set(self._interval.seconds)
        self._metrics.poll_records.observe(len(readings))
        for batches in packed.batches:
            for batch in batches:
                self._metrics.batch_bytes.observe(len(batch.value))
        observe_readings(self._metrics, readings, datetime.now(UTC))


def observe_readings(metrics: ExtractMetrics, readings: Sequence[Reading], now: datetime) -> None:
    """Count what became of the records of a poll, once per label instead of once per record."""
    outcomes: dict[tuple[str, str], int] = {}
    kinds: dict[str, int] = {}
    newest: dict[str, datetime] = {}
    for reading in readings:
        topic, said = reading.record.topic, reading.extraction
        outcome = "rejected"
        if said is not None:
            outcome = "withdrawn" if said.retraction else "extracted" if said.items else "empty"
            for item in said.items:
                kinds[item.kind] = kinds.get(item.kind, 0) + 1
            if reading.time and not said.document.backfill:
                newest[topic] = max(reading.time, newest.get(topic, reading.time))
        outcomes[topic, outcome] = outcomes.get((topic, outcome), 0) + 1
    for labels, count in outcomes.items():
        metrics.records.labels(*labels).inc(count)
    for kind, count in kinds.items():
        metrics.evidence.labels(kind).inc(count)
    for topic, moment in newest.items():
        metrics.newest.labels(topic).set(min(moment, now).timestamp())


def _first_line(exc: Exception) -> str:
    return (str(exc) or type(exc).__name__).splitlines()[0]


async def _sleep(stop: asyncio.Event, seconds: float) -> None:
    if seconds > 0:
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), seconds)
