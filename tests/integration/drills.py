"""Drills on a real broker: traffic, workers that are killed, frozen and woken, and a verifier.

The verifier reads with `read_committed` and holds everything against a replay of `region-inputs` in
process: final states and alerts byte for byte, the last score of each region, each alert's revisions, and
every source offset either counted in the state or in a dead-letter topic.
"""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from allywatch.client.connection import read_topic
from allywatch.config import KafkaSettings
from allywatch.engine import RegionEngine, load_method, replay
from allywatch.engine.state import PARTITION_KEY, PartitionState
from allywatch.records import OFFSET, Record
from allywatch.regions import load_registry
from allywatch.stream.position import ATTEMPT_KEY, POSITION_KEY, decode_position
from allywatch_schemas import PARTITIONS, Alert, EvidenceBatch
from allywatch_schemas.codec import DecodeError, decode
from allywatch_schemas.partitioning import partition_of
from allywatch_schemas.topics import NEWS_ARTICLES, REGION_ALERTS, REGION_INPUTS, REGION_RISK, REGION_STATE
from integration.traffic import DRILL_ID


def engines() -> dict[int, RegionEngine]:
    """The real engine of each partition."""
    registry = load_registry()
    method = load_method(registry)
    places: dict[int, list[str]] = defaultdict(list)
    for region in registry.regions:
        places[partition_of(region.encode(), PARTITIONS)].append(region)
    return {p: RegionEngine(method, registry, places[p], p) for p in range(PARTITIONS)}


@dataclass
class Worker:
    """One process of the real command line."""

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
                [sys.executable, "-m", "allywatch", *self.command], env=environment, stdout=out, stderr=out
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
    found: dict[int, list[Record]] = {partition: [] for partition in range(PARTITIONS)}
    for r in read_topic(kafka.bootstrap, topic, **kafka.for_kafka_python()):
        headers = tuple((name, value or b"") for name, value in r.headers)
        found[r.partition].append(Record(topic, r.partition, r.offset, r.key, r.value, headers))
    return found


def positions(kafka: KafkaSettings) -> dict[int, int]:
    """The stored position of each partition."""
    return {
        partition: decode_position(stored, partition).offset if stored else 0
        for partition, records in read_all(kafka, REGION_STATE.name).items()
        for stored in [last_values(records).get(POSITION_KEY)]
    }


def wait_until_applied(kafka: KafkaSettings, stall: float = 90) -> None:
    """Block until every record that `region-inputs` holds now is applied.

    Fails when no position moved for `stall` seconds: a slow machine is no fault, standing still is one.
    """
    ends = {p: (r[-1].offset + 1 if r else 0) for p, r in read_all(kafka, REGION_INPUTS.name).items()}
    reached, moved = positions(kafka), time.monotonic()
    while any(reached[p] < end for p, end in ends.items()):
        time.sleep(2)  # each look reads the whole state log
        before, reached = reached, positions(kafka)
        if reached != before:
            moved = time.monotonic()
        assert time.monotonic() - moved < stall, f"positions {reached}, log ends {ends}"


def wait_until_taken_up(
    kafka: KafkaSettings, source_ends: Mapping[int, int], topic_id: str, stall: float = 120
) -> None:
    """Block until the extractor has sent all of news-articles to every partition, and that is applied.

    Fails when no batch came for `stall` seconds: a slow machine is no fault, standing still is one.
    """
    seen: dict[int, dict[int, int]] = {}
    moved = time.monotonic()
    while True:
        wait_until_applied(kafka, stall)
        reached = {
            p: _source_positions(records, topic_id)
            for p, records in read_all(kafka, REGION_INPUTS.name).items()
        }
        if all(position == dict(source_ends) for position in reached.values()):
            wait_until_applied(kafka, stall)
            return
        if reached != seen:
            seen, moved = reached, time.monotonic()
        assert time.monotonic() - moved < stall, f"extracted {reached} of {dict(source_ends)}"
        time.sleep(0.5)


def _source_positions(records: list[Record], topic_id: str) -> dict[int, int]:
    ends: dict[int, int] = {}
    for record in records:
        try:
            message = decode(record.value, record.headers)
        except DecodeError:
            continue
        if isinstance(message, EvidenceBatch):
            for heard in message.ranges:
                if heard.topic == NEWS_ARTICLES.name and heard.topic_id == topic_id:
                    ends[heard.partition] = max(heard.end, ends.get(heard.partition, 0))
    return ends


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


def verify(kafka: KafkaSettings, source_ends: Mapping[int, int], topic_id: str | None = None) -> Found:
    """Hold everything that was written against a replay in process.

    Args:
        kafka: Where.
        source_ends: How many records each partition of news-articles had.
        topic_id: Of news-articles, when the real extractor read it; without: each partition of region-inputs
            heard of the source partition of its own number, under `DRILL_ID`.
    """
    found = Found()
    inputs, state = read_all(kafka, REGION_INPUTS.name), read_all(kafka, REGION_STATE.name)
    alerts, risk = read_all(kafka, REGION_ALERTS.name), read_all(kafka, REGION_RISK.name)
    letters = read_all(kafka, f"{REGION_INPUTS.name}-dlq")
    for partition, engine in engines().items():
        expected = replay(inputs[partition], engine, transaction=None)
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
        _check_counted(shared, partition, source_ends, topic_id)
        found.episodes += _check_revisions(alerts[partition])
    return found


def _check_counted(
    shared: PartitionState, partition: int, source_ends: Mapping[int, int], topic_id: str | None
) -> None:
    """Every source record was taken up, once."""
    heard = source_ends if topic_id else {partition: source_ends[partition]}
    for source, end in heard.items():
        key = (NEWS_ARTICLES.name, topic_id or DRILL_ID, source)
        assert shared.counted[key] == shared.watermarks[key] == end, f"{key} in partition {partition}"


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
