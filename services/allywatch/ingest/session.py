"""One run of `allywatch ingest`: settings, journal, Kafka, metrics, signals and a source, put together."""

import asyncio
import contextlib
import os
import signal
import socket
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from prometheus_client import CollectorRegistry

from allywatch.config import KafkaSettings, WorkerSettings
from allywatch.errors import AllywatchError, RetryLater
from allywatch.ingest.feeds import Feed
from allywatch.ingest.files import Files, expand
from allywatch.ingest.intake import Intake, Sink, Terms
from allywatch.ingest.items import BadFile, Kind, Source, Tally
from allywatch.ingest.journal import Journal
from allywatch.ingest.report import Progress, say
from allywatch.ingest.sink import Nowhere, connect
from allywatch.ingest.stopping import Stopping
from allywatch.ingest.watch import DropFolder
from allywatch.logs import configure_logs
from allywatch.metrics.ingest import FetchOutcome, IngestMetrics
from allywatch.metrics.server import Health, HealthServer

if TYPE_CHECKING:
    from allywatch.ingest.fetch import Fetcher

log = structlog.get_logger("allywatch.ingest")

METRICS_PORT = 9101
_HEARTBEAT_SECONDS = 5.0
_RETRY_SECONDS = 2.0
_DRAIN_SECONDS = 2.5
"""After a signal; then we end with what is acknowledged, noted or not."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a person asked for."""

    name: str
    """Names the journal: two runs of one name exclude each other."""
    state: Path | None
    dry_run: bool
    backfill: bool
    limit: int | None
    rate: float | None
    lasting: bool = False
    """Runs until it is stopped: serves metrics and health."""


@dataclass(slots=True)
class Session:
    """What a source may use."""

    journal: Journal
    metrics: IngestMetrics
    stopping: Stopping
    health: Health
    tally: Tally = field(default_factory=Tally)

    def counting(self, kind: Kind) -> Callable[[FetchOutcome], None]:
        """What counts the requests of a kind."""
        return lambda outcome: self.metrics.fetched(kind, outcome, time.time())

    def report(self, ok: bool, detail: str) -> None:
        """Whether the source hears what it should."""
        self.health.set("source", ok, detail)


SourceFactory = Callable[[Session], AbstractAsyncContextManager[Source]]
"""Makes a source; made anew after Kafka went away, it goes on where the journal says."""


def files(path: Path, kind: Kind) -> SourceFactory:
    """A file, or the files of a folder."""

    @asynccontextmanager
    async def make(session: Session) -> AsyncIterator[Source]:
        yield Files(expand(path, kind), kind, session.journal, session.stopping)

    return make


def live_exports() -> SourceFactory:
    """The live GDELT exports."""
    from allywatch.ingest.gdelt_live import LiveExports

    @asynccontextmanager
    async def make(session: Session) -> AsyncIterator[Source]:
        async with _fetcher(session, Kind.GDELT) as fetcher:
            yield LiveExports(
                fetcher,
                session.journal,
                session.stopping,
                report=session.report,
                unreachable=session.metrics.unreached,
            )

    return make


def polled_feeds(feeds: Sequence[Feed], *, once: bool) -> SourceFactory:
    """Feeds over HTTP."""
    from allywatch.ingest.polling import FeedPolling

    @asynccontextmanager
    async def make(session: Session) -> AsyncIterator[Source]:
        async with _fetcher(session, Kind.RSS) as fetcher:
            yield FeedPolling(
                feeds,
                fetcher,
                session.journal,
                session.stopping,
                once=once,
                count=session.counting(Kind.RSS),
                report=session.report,
                unreachable=session.metrics.unreached,
            )

    return make


def _fetcher(session: Session, kind: Kind) -> "Fetcher":
    # Imported here: files need no HTTP, and it takes a second to load on a small machine.
    import stamina

    from allywatch.ingest.fetch import Fetcher

    stamina.instrumentation.set_on_retry_hooks([])  # repeats are counted; only their end is worth a line
    return Fetcher(session.counting(kind))


def drop_folder(folder: Path) -> SourceFactory:
    """A watched folder."""

    @asynccontextmanager
    async def make(session: Session) -> AsyncIterator[Source]:
        yield DropFolder(
            folder,
            session.journal,
            session.stopping,
            on_bad_file=session.metrics.bad_files.inc,
            report=session.report,
        )

    return make


def run(order: Order, make: SourceFactory) -> None:
    """Take in what was ordered; say what became of it.

    Raises:
        AllywatchError: What a person has to know, such as a file that could not be read.
    """
    worker = WorkerSettings()
    configure_logs(worker.log_level, worker.log_format)
    asyncio.run(_run(order, make, worker))


async def _run(order: Order, make: SourceFactory, worker: WorkerSettings) -> None:
    registry = CollectorRegistry()
    health = Health(("kafka", "source"), time.monotonic)
    with Journal(None if order.dry_run else journal_path(order)) as journal:
        session = Session(journal, IngestMetrics.on(registry), Stopping(), health)
        _stop_on_signals(session.stopping)
        with _served(order, registry, health, worker):
            beating = asyncio.create_task(_beat(session))
            try:
                await _until_done(order, make, session, worker)
            finally:
                beating.cancel()
                say(order.name, session.tally, stopped=session.stopping.requested)


def _served(
    order: Order, registry: CollectorRegistry, health: Health, worker: WorkerSettings
) -> AbstractContextManager[object]:
    if not order.lasting:
        return nullcontext()
    port = METRICS_PORT if worker.metrics_port is None else worker.metrics_port
    return HealthServer(registry, health, worker.metrics_host, port)


async def _beat(session: Session) -> None:
    """Says that the loop moves; what waits for the next poll is alive."""
    while True:
        session.health.beat()
        await asyncio.sleep(_HEARTBEAT_SECONDS)


async def _until_done(order: Order, make: SourceFactory, session: Session, worker: WorkerSettings) -> None:
    while not session.stopping.requested:
        try:
            await _drained(_deliver(order, make, session, worker), session.stopping)
            return
        except RetryLater as exc:
            session.health.set("kafka", False, str(exc))
            log.warning("trying again", reason=str(exc))
            await session.stopping.sleep(_RETRY_SECONDS)


async def _drained(work: Coroutine[Any, Any, None], stopping: Stopping) -> None:
    """Do the work; after a request to stop, only as long as draining may take."""
    task = asyncio.ensure_future(work)
    await stopping.until_or_done(task)
    done, _ = await asyncio.wait({task}, timeout=_DRAIN_SECONDS)
    if done:
        task.result()
        return
    log.warning("stopped without the last acknowledgements; they come again with the next run")
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def _deliver(order: Order, make: SourceFactory, session: Session, worker: WorkerSettings) -> None:
    async with _sink(order, session.stopping) as sink:
        if sink is None:
            return
        session.health.set("kafka", True)
        with Progress(shown=not order.lasting) as progress:
            intake = Intake(
                sink,
                session.journal,
                session.metrics,
                session.stopping,
                Terms(
                    backfill=order.backfill,
                    limit=order.limit,
                    rate=order.rate,
                    worker=f"ingest-{socket.gethostname()}-{os.getpid()}",
                    failure_limit=worker.dead_letter_limit,
                ),
                tally=session.tally,
                on_progress=progress.show,
            )
            async with make(session) as source:
                try:
                    await source.deliver(intake.take)
                except BadFile:
                    session.metrics.bad_files.inc()
                    raise


@asynccontextmanager
async def _sink(order: Order, stopping: Stopping) -> AsyncIterator[Sink | None]:
    if order.dry_run:
        yield Nowhere()
        return
    async with connect(KafkaSettings(), stopping) as sink:
        yield sink


def _stop_on_signals(stopping: Stopping) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.request)


def journal_path(order: Order) -> Path:
    """Where the journal of this order is.

    Raises:
        AllywatchError: There is no home to keep it in.
    """
    if order.state is not None and order.state.suffix == ".json":
        return order.state
    if order.state is not None:
        return order.state / f"ingest-{order.name}.json"
    base = os.environ.get("XDG_STATE_HOME")
    try:
        folder = Path(base) if base else Path.home() / ".local" / "state"
    except RuntimeError:
        raise AllywatchError("no home folder to keep the resume state in. Name one with --state.") from None
    return folder / "allywatch" / f"ingest-{order.name}.json"
