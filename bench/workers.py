"""Our two workers as measured processes, and when they are through with what there is to do."""

import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from allywatch.demo.supervisor import free_port
from allywatch.stream.position import POSITION_KEY, decode_position
from allywatch_schemas import PARTITIONS
from allywatch_schemas.topics import REGION_INPUTS, REGION_STATE
from bench.cluster import REGION_TOPICS, SOURCE_TOPICS, Cluster
from bench.processes import Measured, start

REAL_EXTRACT = ("-m", "allywatch", "extract")
REAL_SCORE = ("-m", "allywatch", "score")
PLUMBING_EXTRACT = ("-m", "bench.extract_main")
PLUMBING_SCORE = ("-m", "bench.score_main", "plumbing")
PROBE_SCORE = ("-m", "bench.score_main", "probe")

_LOOK = 0.05


def wait(what: str, done: Callable[[], bool], processes: tuple[Measured, ...], timeout: float) -> None:
    """Until `done` says so.

    Raises:
        RuntimeError: A process died.
        TimeoutError: Time ran out.
    """
    deadline = time.monotonic() + timeout
    while not done():
        for process in processes:
            process.check()
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {timeout:.0f} s")
        time.sleep(_LOOK)


@dataclass(slots=True)
class Worker:
    """A worker with its health port."""

    measured: Measured
    port: int

    def ready(self) -> bool:
        """Whether `/ready` says so."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/ready", timeout=1) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def metric(self, name: str) -> float:
        """One of its figures, by its full name on `/metrics`."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=5) as answer:
            for line in answer.read().decode().splitlines():
                if line.startswith(f"{name} "):
                    return float(line.split()[1])
        raise KeyError(name)

    def wait_ready(self, timeout: float = 60) -> None:
        """Until it is ready."""
        wait(f"{self.measured.name} ready", self.ready, (self.measured,), timeout)


@contextmanager
def worker(cluster: Cluster, name: str, arguments: tuple[str, ...], app_id: str) -> Iterator[Worker]:
    """Start a worker; it is stopped at the end."""
    port = free_port(0)
    environment = {
        **cluster.environment,
        "ALLYWATCH_APP_ID": app_id,
        "ALLYWATCH_METRICS_PORT": str(port),
        "ALLYWATCH_LOG_LEVEL": "WARNING",
    }
    measured = start(name, arguments, cluster.folder, environment)
    try:
        yield Worker(measured, port)
    finally:
        measured.stop()


@contextmanager
def pair(
    cluster: Cluster, name: str, extract: tuple[str, ...], score: tuple[str, ...], app_id: str
) -> Iterator[tuple[Worker, Worker]]:
    """An extractor and a score worker, both ready, on topics that are empty."""
    cluster.renew((*REGION_TOPICS, *SOURCE_TOPICS))
    with (
        worker(cluster, f"{name}-score", score, app_id) as scoring,
        worker(cluster, f"{name}-extract", extract, app_id) as extracting,
    ):
        scoring.wait_ready()
        extracting.wait_ready()
        yield extracting, scoring


class Watch:
    """Sees from the logs how far the workers are: the group's offsets, and positions in `region-state`."""

    def __init__(self, cluster: Cluster, app_id: str) -> None:
        from kafka import KafkaConsumer, TopicPartition

        settings = cluster.kafka.for_kafka_python()
        self._part = TopicPartition
        self._group = KafkaConsumer(**settings, group_id=f"{app_id}-extract", enable_auto_commit=False)
        self._states = KafkaConsumer(
            **settings,
            isolation_level="read_committed",
            enable_auto_commit=False,
            max_partition_fetch_bytes=4 << 20,
        )
        held = [TopicPartition(REGION_STATE.name, p) for p in range(PARTITIONS)]
        self._states.assign(held)
        self._states.seek_to_beginning(*held)
        self._positions = dict.fromkeys(range(PARTITIONS), 0)
        self._sources = [TopicPartition(topic, p) for topic in SOURCE_TOPICS for p in range(PARTITIONS)]
        self._inputs = [TopicPartition(REGION_INPUTS.name, p) for p in range(PARTITIONS)]

    def __enter__(self) -> Self:
        """Nothing else to do."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Disconnect."""
        self._group.close()
        self._states.close()

    def wait_through(self, processes: tuple[Measured, ...], timeout: float = 600) -> None:
        """Until all that is on the source topics now is counted in the states."""
        wait("extracted", self._extracted, processes, timeout)
        ends = self._states.end_offsets(self._inputs)
        wanted = {part.partition: end for part, end in ends.items()}
        wait("scored", lambda: self._scored(wanted), processes, timeout)

    def _extracted(self) -> bool:
        ends = self._group.end_offsets(self._sources)
        return all(end == 0 or (self._group.committed(part) or 0) >= end for part, end in ends.items())

    def _scored(self, wanted: dict[int, int]) -> bool:
        polled: dict[Any, list[Any]] = self._states.poll(timeout_ms=20)
        for part, records in polled.items():
            for record in records:
                if record.key == POSITION_KEY and record.value is not None:
                    position = decode_position(record.value, part.partition)
                    self._positions[part.partition] = position.offset
        return all(self._positions[partition] >= end for partition, end in wanted.items())
