"""`allywatch extract`: the composition root of the extractor."""

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import typer

from allywatch.errors import AllywatchError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from allywatch.config import KafkaSettings, WorkerSettings
    from allywatch.stream.extraction import Extractor

DEFAULT_PORT = 9102
_DRAIN_SECONDS = 3.0
_ASK_SECONDS = 3.0
"""For a broker to answer at all, before topic ids are asked for."""


def extract(
    input: Path | None = typer.Option(
        None, help="Without Kafka: articles and events as JSON Lines; `-` is standard input."
    ),
    output: Path | None = typer.Option(
        None, help="With --input: where evidence goes, one JSON object a line; `-` is standard output."
    ),
) -> None:
    """Turn articles and events into evidence, batch by batch, until stopped."""
    if input is None and output is None:
        _run_worker()
    else:
        _run_files(input or Path("-"), output or Path("-"))


def _run_files(source: Path, target: Path) -> None:
    from allywatch.regions import load_registry
    from allywatch.stream.extraction import make_extractor
    from allywatch.stream.jsonlines import extract_lines

    with ExitStack() as files:
        lines = _open(source, "rb", files)
        out = _open(target, "wb", files)
        summary = extract_lines(lines, make_extractor(load_registry()), out, sys.stderr, str(source))
    typer.echo(
        f"{summary.documents} documents, {summary.evidence} items of evidence, {summary.rejected} rejected",
        err=True,
    )
    if summary.unreadable:
        raise AllywatchError(
            f"no line of {source} could be read. It must hold one NewsArticle or DiplomaticEvent a line, "
            "as JSON (their schemas: schemas/allywatch_schemas)."
        )


def _open(path: Path, mode: str, files: ExitStack) -> IO[bytes]:
    if str(path) == "-":
        return sys.stdin.buffer if mode == "rb" else sys.stdout.buffer
    try:
        file: IO[bytes] = files.enter_context(path.open(mode))
    except OSError as exc:
        raise AllywatchError(f"cannot open {path}: {exc.strerror}. Give a path you may use.") from None
    return file


def _run_worker() -> None:
    import asyncio
    import signal

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # while it loads, nothing is in hand

    from allywatch.config import KafkaSettings, WorkerSettings
    from allywatch.regions import load_registry
    from allywatch.stream.extraction import make_extractor

    asyncio.run(work(KafkaSettings(), WorkerSettings(), make_extractor(load_registry())))


async def work(kafka: "KafkaSettings", settings: "WorkerSettings", extractor: "Extractor") -> None:
    """Run a worker with this extractor until SIGTERM or SIGINT.

    Raises:
        StopWorker: Going on would lose something.
    """
    import time

    from prometheus_client import CollectorRegistry

    from allywatch.logs import configure_logs
    from allywatch.metrics.extract import ExtractMetrics
    from allywatch.metrics.server import Health, HealthServer
    from allywatch.records import FailureLimit
    from allywatch.stream.extracting import CONDITIONS, Worker

    configure_logs(settings.log_level, settings.log_format)
    registry, health = CollectorRegistry(), Health(CONDITIONS, time.monotonic)
    port = DEFAULT_PORT if settings.metrics_port is None else settings.metrics_port
    with HealthServer(registry, health, settings.metrics_host, port):
        await _until_stopped(
            Worker(
                kafka.for_aiokafka(),
                extractor,
                app_id=settings.app_id,
                topic_ids=_topic_ids(kafka),
                metrics=ExtractMetrics(registry),
                health=health,
                failures=FailureLimit(settings.dead_letter_limit),
            )
        )


def _topic_ids(kafka: "KafkaSettings") -> Any:
    from allywatch import kafkaadmin
    from allywatch.stream.patience import ANSWER_SECONDS, in_own_thread, within

    async def ask(topics: "Collection[str]") -> "Mapping[str, str]":
        async with within(ANSWER_SECONDS, "asking for topics"):
            return await in_own_thread(lambda: kafkaadmin.topic_ids(kafka, topics, _ASK_SECONDS))

    return ask


async def _until_stopped(worker: Any) -> None:
    """Run until SIGTERM or SIGINT; then the poll in hand has a few seconds to be acknowledged.

    If it is not, nothing is lost: its offsets are not committed, and it will be polled again.
    """
    import asyncio
    import signal

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    running = asyncio.create_task(worker.run(stop))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait((running, stopping), return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    await asyncio.wait((running,), timeout=_DRAIN_SECONDS)
    if not running.done():
        running.cancel()
        await asyncio.wait((running,), timeout=1)
        return
    await running
