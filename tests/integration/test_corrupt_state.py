"""Damaged stored state under a real score worker: dead-lettered and said, or a stop with a remedy."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from allywatch.config import KafkaSettings
from allywatch.demo.supervisor import Supervisor
from allywatch_schemas import Alert, Message, RegionRisk, RegionState
from allywatch_schemas.codec import encode
from allywatch_schemas.partitioning import partition_of
from allywatch_schemas.topics import REGION_INPUTS, REGION_STATE
from builders import a_batch, a_document, a_range, a_tick, an_evidence
from integration.drills import last_values, read_all, wait_until_applied

pytestmark = pytest.mark.kafka

NOW = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
HOME = partition_of(b"LVA", REGION_INPUTS.partitions)
GARBAGE = b'{"v":1,"ledger":\xff'
SCORE = ("score", "--ticks", "external")


class Producer:
    def __init__(self, kafka: KafkaSettings) -> None:
        from kafka import KafkaProducer

        self._producer = KafkaProducer(**kafka.for_kafka_python())

    def say(self, message: Message, id: str) -> None:
        value, headers = encode(message, id=id, source="/exercise")
        self._producer.send(REGION_INPUTS.name, value, None, list(headers), HOME).get(10)

    def tick(self, minutes: int) -> None:
        self.say(a_tick(time=NOW + timedelta(minutes=minutes)), f"tick-{minutes}")

    def damage(self, key: bytes) -> None:
        self._producer.send(REGION_STATE.name, GARBAGE, key, partition=HOME).get(10)

    def alarm(self, region: str) -> None:
        """Thirty outlets report something grave."""
        documents = tuple(
            a_document(doc_id=f"{region}/{n}", fingerprint=f"{region}-{n}", published_at=NOW, offset=n)
            for n in range(30)
        )
        items = tuple(
            an_evidence(
                **{"id": f"{region}-{n}", "doc_id": f"{region}/{n}", "region": region, "target": region},
                **{"intensity": 1.0, "modality": "asserted", "probability": 1.0, "event_time": NOW},
            )
            for n in range(30)
        )
        ranges = (a_range(topic=f"exercise-{region}", end=30, totals={}),)
        self.say(a_batch(id=region, ranges=ranges, documents=documents, items=items), region)

    def close(self) -> None:
        self._producer.close()


@pytest.fixture
def workers(clean_kafka: KafkaSettings, tmp_path: Path) -> Iterator[Supervisor]:
    """A score worker that has let two alerts fire, and stopped."""
    out = Producer(clean_kafka)
    out.tick(0)
    out.alarm("LVA")
    out.alarm("PHL")
    for minutes in range(5, 95, 5):
        out.tick(minutes)
    out.close()
    with Supervisor(clean_kafka.bootstrap, tmp_path) as supervisor:
        supervisor.start("first", SCORE, 0)
        run_until_applied(supervisor, clean_kafka)
        supervisor.stop()
        yield supervisor


def run_until_applied(workers: Supervisor, kafka: KafkaSettings) -> None:
    workers.wait_ready(60)
    wait_until_applied(kafka, 30)


def scores(kafka: KafkaSettings) -> dict[bytes, RegionRisk]:
    latest = last_values(read_all(kafka, "region-risk")[HOME])
    return {key: RegionRisk.read(value) for key, value in latest.items()}


def alerts(kafka: KafkaSettings) -> list[tuple[Any, bytes]]:
    """Key and bytes of each, by episode and revision: the first time each was said."""
    said: dict[tuple[str, int], tuple[Any, bytes]] = {}
    for record in read_all(kafka, "region-alerts")[HOME]:
        assert record.value is not None
        alert = Alert.read(record.value)
        first = said.setdefault((alert.episode, alert.revision), (record.key, record.value))
        assert first == (record.key, record.value), (
            f"{alert.episode} {alert.revision} was said twice differently"
        )
    return [said[each] for each in sorted(said)]


def test_a_damaged_region_is_unknown_its_bytes_are_kept_and_others_go_on(
    workers: Supervisor, clean_kafka: KafkaSettings
) -> None:
    before = scores(clean_kafka)
    out = Producer(clean_kafka)
    for key in (b"LVA", b"NOWHERE", b"\xff\xfe"):
        out.damage(key)
    worker = workers.start("second", SCORE, 0)
    workers.wait_ready(60)
    out.tick(200)
    out.close()
    wait_until_applied(clean_kafka, 30)

    letters = read_all(clean_kafka, "region-state-dlq")[HOME]
    assert {(r.key, r.value, dict(r.headers)["allywatch-reason"]) for r in letters} == {
        (key, GARBAGE, b"corrupt_state") for key in (b"LVA", b"NOWHERE", b"\xff\xfe")
    }
    after = scores(clean_kafka)
    assert after[b"LVA"].state is RegionState.UNKNOWN
    assert after[b"PHL"].state is before[b"PHL"].state is RegionState.LEARNING
    assert after[b"PHL"].pressure > 0
    assert set(after) == set(before)
    assert worker.ready()
    assert "will be acquired again" not in worker.log.read_text()


def test_what_the_partition_shares_is_not_guessed_and_the_remedy_it_names_gives_the_same_alerts(
    workers: Supervisor, clean_kafka: KafkaSettings
) -> None:
    alerts_before, scores_before = alerts(clean_kafka), scores(clean_kafka)
    assert alerts_before
    out = Producer(clean_kafka)
    out.damage(b"\0partition")
    out.close()
    worker = workers.start("second", SCORE, 0)
    assert worker.process.wait(30) == 1, worker.log.read_text()
    last = worker.log.read_text().splitlines()[-1]
    remedy = f"allywatch rebuild-state --partition {HOME}"
    assert remedy in last
    assert "Traceback" not in worker.log.read_text()

    workers.workers.clear()
    environment = os.environ | {"ALLYWATCH_KAFKA_BOOTSTRAP": clean_kafka.bootstrap}
    command = [sys.executable, "-m", *remedy.split()]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr

    workers.start("third", SCORE, 0)
    run_until_applied(workers, clean_kafka)
    assert alerts(clean_kafka) == alerts_before
    assert scores(clean_kafka) == scores_before
