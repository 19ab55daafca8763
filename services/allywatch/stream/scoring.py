"""The score worker: Faust gives life cycle, membership and delivery; partition owners decide what counts."""

import asyncio
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import faust
import structlog
from aiokafka import AIOKafkaProducer
from prometheus_client import CollectorRegistry

from allywatch.config import KafkaSettings, WorkerSettings
from allywatch.errors import AllywatchError, StopWorker
from allywatch.kafkaadmin import topic_ids
from allywatch.metrics.score import ScoreMetrics
from allywatch.metrics.server import Health, HealthServer
from allywatch.records import Application, FailureLimit, Record
from allywatch.stream.engines import rule_names
from allywatch.stream.heap import freeze_heap
from allywatch.stream.kafka_log import KafkaLog
from allywatch.stream.leaving import leave_within
from allywatch.stream.owner import PartitionOwner
from allywatch.stream.owners import Owners
from allywatch.stream.patience import in_own_thread, within
from allywatch.stream.readiness import CONDITIONS, Readiness, View
from allywatch.stream.reporting import Reporter
from allywatch.stream.ticks import tick_for_ever
from allywatch.stream.waiting import wait_for_topics
from allywatch.stream.work import Pace, Work
from allywatch_schemas.topics import (
    REGION_ALERTS,
    REGION_INPUTS,
    REGION_RISK,
    REGION_SNAPSHOTS,
    REGION_STATE,
    TOPICS,
)

_log = structlog.get_logger(__name__)

METRICS_PORT = 9103
NEEDED = tuple(
    name
    for main in (REGION_INPUTS, REGION_STATE, REGION_SNAPSHOTS, REGION_RISK, REGION_ALERTS)
    for name in TOPICS
    if name.startswith(main.name)
)
_STOP_SECONDS = 3.0
_WATCH_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class ScoreOptions:
    """What a score worker may be told."""

    live_ticks: bool = True
    """Whether it writes ticks itself; otherwise somebody else does (a demonstration, a backtest)."""
    tick_seconds: float = 5.0
    interval_seconds: float = 0.05
    """Between transactions, at least."""


class _Worker(faust.Worker):
    """Runs the app as a guest of our loop: signals are ours."""

    def install_signal_handlers(self) -> None:
        pass


def build_app(kafka: KafkaSettings, app_id: str) -> faust.App:
    """The Faust app: no tables, no web server, no topics of its own."""
    return faust.App(
        f"{app_id}-score",
        **kafka.for_faust(),
        store="memory://",
        datadir=str(Path(gettempdir()) / f"{app_id}-score-faust"),
        topic_allow_declare=False,
        topic_disable_leader=True,
        broker_session_timeout=10,
        broker_heartbeat_interval=2,
        broker_request_timeout=20,
        broker_rebalance_timeout=10,
        broker_commit_interval=0.5,
        consumer_auto_offset_reset="latest",
        producer_linger=0.02,
        stream_wait_empty=False,
        web_enabled=False,
    )


def _record_of(message: Any) -> Record:
    """A Faust message as a plain value; its headers are pairs or, from Faust's own senders, a mapping."""
    headers = message.headers or ()
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    return Record(
        message.topic,
        message.partition,
        message.offset,
        message.key,
        message.value,
        tuple((name, value or b"") for name, value in pairs),
    )


def deliver(app: faust.App, owners: Owners[Any], on_assigned: Callable[[], None]) -> Any:
    """Let the app tell the owners what it is assigned and what it was delivered.

    Args:
        app: Gets an agent and signal handlers.
        owners: Are told.
        on_assigned: Called after each assignment.

    Returns:
        The agent, for tests.
    """
    topic = app.topic(
        REGION_INPUTS.name, key_type=bytes, key_serializer="raw", value_type=bytes, value_serializer="raw"
    )

    @app.agent(topic, name="hints")
    async def hints(stream: faust.StreamT[bytes]) -> None:
        async for event in stream.events():
            owners.offer(_record_of(event.message))

    async def assigned(sender: object, *args: Any, **kwargs: Any) -> None:
        owners.assign({tp.partition for tp in args[0] if tp.topic == REGION_INPUTS.name})
        on_assigned()

    async def before_shutdown(sender: object, *args: Any, **kwargs: Any) -> None:
        await owners.close()

    # mode's type for receivers accepts no coroutine function with *args, though that is what it calls.
    app.on_partitions_assigned.connect(assigned, weak=False)  # type: ignore[arg-type]
    app.on_before_shutdown.connect(before_shutdown, weak=False)  # type: ignore[arg-type]
    return hints


class Scorer:
    """One score worker, from waiting for its broker to the last commit."""

    def __init__(
        self,
        kafka: KafkaSettings,
        worker: WorkerSettings,
        options: ScoreOptions,
        make_application: Callable[[int], Application[Any]],
    ) -> None:
        """Build everything; nothing connects before `run`.

        Args:
            kafka: How to reach the brokers.
            worker: What all workers share.
            options: What this one was told.
            make_application: The application of a partition.
        """
        self._kafka = kafka
        self._worker = worker
        self._options = options
        self._make_application = make_application
        self._registry = CollectorRegistry()
        self._reporter = Reporter(ScoreMetrics(self._registry, rule_names()))
        self._health = Health(CONDITIONS, time.monotonic)
        self._failures = FailureLimit(worker.dead_letter_limit)
        self._log = KafkaLog(kafka.for_aiokafka(), self._topic_id)
        self._owners: Owners[Any] = Owners(self._make_owner)
        self._assigned = False
        self._stopped: StopWorker | None = None
        self._stop = asyncio.Event()

    async def run(self) -> None:
        """Work until SIGTERM or SIGINT.

        Raises:
            StopWorker: Going on would lose or falsify something.
        """
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop.set)
        port = METRICS_PORT if self._worker.metrics_port is None else self._worker.metrics_port
        with HealthServer(self._registry, self._health, self._worker.metrics_host, port) as server:
            _log.info("score worker started", metrics_port=server.port)
            await self._until_stopped(self._work())
        if self._stopped:
            raise self._stopped

    async def _until_stopped(self, work: Any) -> None:
        working = asyncio.create_task(work)
        stopping = asyncio.create_task(self._stop.wait())
        await asyncio.wait((working, stopping), return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        why = self._stopped or (working.exception() if working.done() else None)
        leave_within(_STOP_SECONDS, 1 if why else 0, f"allywatch: {why}" if why else "")
        working.cancel()
        await asyncio.wait((working,))
        if not working.cancelled():
            await working

    async def _work(self) -> None:
        beats = asyncio.create_task(self._beat())
        try:
            ids = await wait_for_topics(lambda: topic_ids(self._kafka, NEEDED, timeout_seconds=2))
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._consume())
                tasks.create_task(self._watch_topic(ids[REGION_INPUTS.name]))
                if self._options.live_ticks:
                    tasks.create_task(self._tick())
        finally:
            beats.cancel()

    async def _consume(self) -> None:
        app = build_app(self._kafka, self._worker.app_id)
        deliver(app, self._owners, self._on_assigned)
        self._app = app
        worker = _Worker(app, override_logging=False, redirect_stdouts=False, quiet=True)
        worker.spinner = None
        try:
            await worker.start()
        finally:
            await self._owners.close()
            await worker.stop()
        if worker.crash_reason:
            raise StopWorker(f"Faust failed: {worker.crash_reason!r}. Start the worker again.")
        raise StopWorker("Faust stopped by itself. Start the worker again.")

    async def _watch_topic(self, known: str) -> None:
        """An input topic made anew under our feet would be applied as if it were the old one."""
        while True:
            await asyncio.sleep(_WATCH_SECONDS)
            try:
                async with within(_WATCH_SECONDS, f"asking for the id of {REGION_INPUTS.name}"):
                    found = await self._topic_id(REGION_INPUTS.name)
            except (AllywatchError, OSError):
                continue  # no broker, or it is being made: the owners notice
            if found != known:
                raise StopWorker(
                    f"{REGION_INPUTS.name} was deleted and made anew while this worker ran. Run "
                    "`allywatch rebuild-state` for every partition, then start the worker again."
                )

    async def _tick(self) -> None:
        producer = AIOKafkaProducer(**self._kafka.for_aiokafka(), enable_idempotence=True, linger_ms=0)
        await producer.start()
        try:
            await tick_for_ever(producer, lambda: self._owners.owned, self._options.tick_seconds)
        finally:
            await producer.stop()

    async def _beat(self) -> None:
        readiness = Readiness()
        while True:
            verdicts = readiness.judge(self._view(), time.monotonic())
            for condition, (holds, detail) in verdicts.items():
                self._health.set(condition, holds, detail)
            self._health.beat()
            await asyncio.sleep(0.5)

    def _view(self) -> View:
        return View(
            assigned=self._assigned,
            rebalancing=self._assigned and self._app.rebalancing,
            positions={partition: owner.position for partition, owner in self._owners.owned.items()},
            lags=self._reporter.lags,
        )

    def _on_assigned(self) -> None:
        if not self._assigned:
            freeze_heap()
        self._assigned = True

    def _make_owner(self, partition: int) -> PartitionOwner[Any]:
        work = Work(
            application=self._make_application(partition),
            partition=partition,
            source=REGION_INPUTS.name,
            state=REGION_STATE.name,
            writer_name=f"{self._worker.app_id}-{REGION_INPUTS.name}-{partition}",
            worker=f"{self._worker.app_id}-score",
            limits={name: topic.max_message_bytes for name, topic in TOPICS.items()},
            failures=self._failures,
            pace=Pace(interval=self._options.interval_seconds),
        )
        return PartitionOwner(work, self._log, self._reporter, self._on_stop_worker)

    def _on_stop_worker(self, error: StopWorker) -> None:
        self._stopped = self._stopped or error
        self._stop.set()

    async def _topic_id(self, topic: str) -> str:
        return (await in_own_thread(lambda: topic_ids(self._kafka, [topic])))[topic]
