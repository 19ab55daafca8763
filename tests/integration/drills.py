"""Drills on a real broker: traffic, workers that are killed, frozen and woken, and a verifier.

The verifier reads with `read_committed` and holds everything against a replay of `region-inputs` in
process: final states and alerts byte for byte, the last score of each region, each alert's revisions, and
every source offset either counted in the state or in a dead-letter topic.
"""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from allywatch.config import KafkaSettings
from allywatch.engine import RegionEngine, load_method, replay
from allywatch.engine.state import PARTITION_KEY, PartitionState
from allywatch.records import OFFSET, Record
from allywatch.regions import load_registry
from allywatch.stream.position import ATTEMPT_KEY, POSITION_KEY, decode_position
from allywatch_schemas import PARTITIONS, Alert, EvidenceBatch, Message, Tick, TickOrigin
from allywatch_schemas.codec import Headers, encode
from allywatch_schemas.partitioning import partition_of
from allywatch_schemas.topics import REGION_ALERTS, REGION_INPUTS, REGION_RISK, REGION_STATE
from builders import a_batch, a_document, a_range, a_retraction, an_evidence

TEMP = ("-c", "import typer; from allywatch.stream.score_command import score; typer.run(score)")
START = datetime(2026, 3, 1, tzinfo=UTC)
SOURCE_TOPIC = "news-articles"


def engines() -> dict[int, RegionEngine]:
    """The real engine of each partition."""
    registry = load_registry()
    method = load_method(registry)
    places: dict[int, list[str]] = defaultdict(list)
    for region in registry.regions:
        places[partition_of(region.encode(), PARTITIONS)].append(region)
    return {p: RegionEngine(method, registry, places[p], p) for p in range(PARTITIONS)}


class Traffic:
    """Evidence for every partition at a steady rate, with ticks, retractions and rubbish among it.

    Each region in turn gets a burst of dire news and then silence, so that alerts open and resolve.
    """

    def __init__(self, kafka: KafkaSettings, messages: int, rate: float, seed: int = 1) -> None:
        self.messages, self.rate = messages, rate
        self.sent = 0
        self.source_ends: Counter[int] = Counter()
        """How many records each partition of the source topic would have."""
        self._kafka = kafka
        self._chance = random.Random(seed)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._failures: list[BaseException] = []
        regions: dict[int, list[str]] = defaultdict(list)
        for region in sorted(load_registry().regions):
            regions[partition_of(region.encode(), PARTITIONS)].append(region)
        self._regions = regions

    @property
    def progress(self) -> float:
        """The share that was sent."""
        return self.sent / self.messages

    def start(self) -> "Traffic":
        self._thread.start()
        return self

    def wait_until(self, share: float, timeout: float = 300) -> None:
        """Block until so much was sent."""
        deadline = time.monotonic() + timeout
        while self.progress < share and self._thread.is_alive() and time.monotonic() < deadline:
            time.sleep(0.02)
        if self._failures:
            raise self._failures[0]
        assert self.progress >= share, f"only {self.progress:.0%} sent"

    def _run(self) -> None:
        try:
            self._send_all()
        except BaseException as exc:
            self._failures.append(exc)

    def _send_all(self) -> None:
        producer = KafkaProducer(
            **self._kafka.for_kafka_python(), acks="all", delivery_timeout_ms=120_000, linger_ms=5
        )
        started = time.monotonic()
        sends = []
        for number, (partition, value, headers) in enumerate(self.records()):
            sends.append(
                producer.send(REGION_INPUTS.name, value=value, headers=list(headers), partition=partition)
            )
            self.sent = number + 1
            time.sleep(max(0.0, started + number / self.rate - time.monotonic()))
        producer.flush(timeout=120)
        for sent in sends:
            sent.get(timeout=120)
        producer.close()

    def records(self) -> Iterator[tuple[int, bytes | None, Headers]]:
        """What is sent: partition, value, headers."""
        last_ticks = self.messages - PARTITIONS
        for number in range(self.messages):
            partition, turn = number % PARTITIONS, number // PARTITIONS
            clock = START + timedelta(minutes=6 * turn)
            if number >= last_ticks:
                yield self._tick(partition, clock + timedelta(days=30))
            elif turn % 5 == 0:
                yield self._tick(partition, clock)
            elif turn % 97 == 1:
                yield partition, b"rubbish %d" % number, (("ce_type", EvidenceBatch.TYPE.encode()),)
            elif turn % 31 == 2:
                doc_id = f"doc-{self._chance.randrange(max(1, number))}"
                yield self._message(
                    partition, a_retraction(id=f"r-{number}", doc_id=doc_id, issued_at=clock), number
                )
            else:
                yield self._message(partition, self._batch(number, partition, turn, clock), number)

    def _batch(self, number: int, partition: int, turn: int, clock: datetime) -> EvidenceBatch:
        regions = self._regions[partition]
        # A burst on one region, twenty turns long, then the next: alerts open, fire and resolve.
        focus = regions[(turn // 20) % len(regions)]
        start = self.source_ends[partition]
        self.source_ends[partition] += 1
        items = [
            an_evidence(
                id=f"e-{number}-{place}",
                doc_id=f"doc-{number}",
                region=region,
                target=region,
                event_time=clock,
                intensity=0.9 if place == 0 else 0.2,
                modality="asserted",
            )
            for place, region in enumerate((focus, self._chance.choice(regions)))
        ]
        return a_batch(
            id=f"b-{number}",
            ranges=(
                a_range(
                    topic=SOURCE_TOPIC, topic_id="drill", partition=partition, start=start, end=start + 1
                ),
            ),
            documents=(
                a_document(
                    doc_id=f"doc-{number}",
                    fingerprint=f"{number:016x}",
                    published_at=clock,
                    offset=start,
                    range=0,
                ),
            ),
            items=tuple(items),
        )

    def _tick(self, partition: int, clock: datetime) -> tuple[int, bytes, Headers]:
        return self._message(partition, Tick(time=clock, origin=TickOrigin.EXTERNAL), 0)

    def _message(self, partition: int, message: Message, number: int) -> tuple[int, bytes, Headers]:
        value, headers = encode(message, id=f"drill-{number}", source="/drill")
        return partition, value, headers


@dataclass
class Worker:
    """One `allywatch score` process of the real command line."""

    kafka: KafkaSettings
    log: Path
    command: tuple[str, ...] = ("score", "--ticks", "external")
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Worker":
        environment = os.environ | {
            "ALLYWATCH_KAFKA_BOOTSTRAP": self.kafka.bootstrap,
            "ALLYWATCH_METRICS_PORT": "0",
        }
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, *TEMP, *self.command[1:]], env=environment, stdout=out, stderr=out
            )
        return self

    def signal(self, number: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def kill(self) -> None:
        """kill −9."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(10)

    def terminate(self) -> float:
        """SIGTERM; the exit code must be 0. Returns the seconds it took."""
        assert self.process is not None
        started = time.monotonic()
        self.process.terminate()
        assert self.process.wait(20) == 0, self.log.read_text()[-3_000:]
        return time.monotonic() - started

    @property
    def port(self) -> int | None:
        """Where its health is served, once it said so."""
        said = [line for line in self.log.read_text().splitlines() if "metrics_port=" in line]
        return int(said[-1].split("metrics_port=")[1].split()[0]) if said else None

    def ready(self) -> bool:
        """Whether /ready answers 200."""
        if self.port is None:
            return False
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/ready", timeout=2) as answer:
                return bool(json.load(answer)["ok"])
        except (OSError, ValueError):
            return False


def read_all(kafka: KafkaSettings, topic: str) -> dict[int, list[Record]]:
    """All committed records of a topic, by partition."""
    consumer = KafkaConsumer(
        **kafka.for_kafka_python(),
        isolation_level="read_committed",
        enable_auto_commit=False,
        max_partition_fetch_bytes=4 << 20,
    )
    try:
        parts = [TopicPartition(topic, p) for p in range(PARTITIONS)]
        consumer.assign(parts)
        consumer.seek_to_beginning(*parts)
        ends = consumer.end_offsets(parts)
        found: dict[int, list[Record]] = {p.partition: [] for p in parts}
        while any(consumer.position(part) < ends[part] for part in parts):
            for part, messages in consumer.poll(timeout_ms=500).items():
                for m in messages:
                    headers = tuple((name, value or b"") for name, value in m.headers)
                    found[part.partition].append(
                        Record(topic, part.partition, m.offset, m.key, m.value, headers)
                    )
        return found
    finally:
        consumer.close()


def positions(kafka: KafkaSettings) -> dict[int, int]:
    """The stored position of each partition."""
    return {
        partition: decode_position(stored, partition).offset if stored else 0
        for partition, records in read_all(kafka, REGION_STATE.name).items()
        for stored in [last_values(records).get(POSITION_KEY)]
    }


def wait_until_applied(kafka: KafkaSettings, timeout: float = 120) -> None:
    """Block until every record of `region-inputs` is applied."""
    ends = {p: (r[-1].offset + 1 if r else 0) for p, r in read_all(kafka, REGION_INPUTS.name).items()}
    deadline = time.monotonic() + timeout
    while (reached := positions(kafka)) != ends:
        assert time.monotonic() < deadline, f"positions {reached}, log ends {ends}"
        time.sleep(0.5)


def last_values(records: list[Record]) -> dict[bytes, bytes]:
    """The last value of each key that has one."""
    latest = {r.key: r.value for r in records if r.key is not None}
    return {key: value for key, value in latest.items() if value is not None}


@dataclass
class Found:
    """What the verifier saw."""

    inputs: int = 0
    alerts: int = 0
    episodes: int = 0
    states: int = 0
    dead_letters: Counter[str] = field(default_factory=Counter)


def verify(kafka: KafkaSettings, source_ends: Mapping[int, int]) -> Found:
    """Hold everything that was written against a replay in process.

    Args:
        kafka: Where.
        source_ends: How many records each partition of the source topic had.
    """
    found = Found()
    inputs, state = read_all(kafka, REGION_INPUTS.name), read_all(kafka, REGION_STATE.name)
    alerts, risk = read_all(kafka, REGION_ALERTS.name), read_all(kafka, REGION_RISK.name)
    letters = read_all(kafka, f"{REGION_INPUTS.name}-dlq")
    for partition, engine in engines().items():
        expected = replay(inputs[partition], engine)
        found.inputs += len(inputs[partition])

        stored = last_values(state[partition])
        position = decode_position(stored.pop(POSITION_KEY), partition)
        stored.pop(ATTEMPT_KEY, None)
        assert position.offset == inputs[partition][-1].offset + 1
        assert stored == expected.encoded(engine), f"states of partition {partition} differ"
        found.states += len(stored)

        published = [(r.key, r.value, r.headers) for r in alerts[partition]]
        due = [(o.key, o.value, o.headers) for o in expected.outputs if o.topic == REGION_ALERTS.name]
        assert published == due, f"alerts of partition {partition} differ"
        found.alerts += len(published)

        scores = {o.key: o.value for o in expected.outputs if o.topic == REGION_RISK.name}
        assert last_values(risk[partition]) == scores, f"scores of partition {partition} differ"

        rejected = [(r.offset, why.reason.value) for r, why in expected.rejections]
        dead = [dict(r.headers) for r in letters[partition]]
        assert [(int(h[OFFSET]), h["allywatch-reason"].decode()) for h in dead] == rejected
        found.dead_letters.update(reason for _, reason in rejected)

        shared = expected.states[PARTITION_KEY]
        assert isinstance(shared, PartitionState)
        if partition in source_ends:
            counted = shared.counted[SOURCE_TOPIC, "drill", partition]
            assert counted == source_ends[partition], "source offsets are missing"
        found.episodes += _check_revisions(alerts[partition])
    return found


def _check_revisions(records: list[Record]) -> int:
    """Revisions of each episode are 1, 2, 3 …; returns how many episodes there were."""
    revisions: dict[str, list[int]] = defaultdict(list)
    for record in records:
        assert record.value is not None
        alert = Alert.read(record.value)
        revisions[alert.episode].append(alert.revision)
    for episode, seen in revisions.items():
        assert seen == list(range(1, len(seen) + 1)), f"{episode}: revisions {seen}"
    return len(revisions)


def stop_all(*workers: Worker | Any) -> None:
    """End whatever still runs, frozen or not."""
    for worker in workers:
        if worker.process is not None and worker.process.poll() is None:
            worker.process.send_signal(signal.SIGCONT)
            worker.process.kill()
            worker.process.wait(10)
