"""From a GDELT file to an alert in the subscriber's hands, every worker a real process, on a real Kafka."""

import json
import time
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from allywatch.client import RiskReader
from allywatch.config import KafkaSettings
from allywatch.demo.player import Player
from allywatch.demo.supervisor import Supervisor
from allywatch_schemas import AlertState, Level, RegionState, TickOrigin
from integration.pipeline import NOW, received, wait_for_evidence, write_export

pytestmark = pytest.mark.kafka


@pytest.fixture
def workers(clean_kafka: KafkaSettings, tmp_path: Path) -> Iterator[Supervisor]:
    with Supervisor(clean_kafka.bootstrap, tmp_path) as supervisor:
        supervisor.start("extract", ["extract"], 0)
        supervisor.start("score", ["score", "--ticks", "external"], 0)
        supervisor.wait_ready(60)
        yield supervisor


async def test_a_gdelt_file_becomes_an_alert_that_a_subscriber_receives_once(
    workers: Supervisor, clean_kafka: KafkaSettings, tmp_path: Path
) -> None:
    export = tmp_path / "20261122120000.export.CSV"
    write_export(export)
    async with Player(clean_kafka) as player:
        await player.tick(NOW, TickOrigin.EXTERNAL)
        ingest = workers.start(
            "ingest", ["ingest", "gdelt", str(export), "--state", str(tmp_path / "state.json")], 0
        )
        assert ingest.process.wait(60) == 0, ingest.log.read_text()
        wait_for_evidence(workers)
        for minute in range(5, 95, 5):
            await player.tick(NOW + timedelta(minutes=minute), TickOrigin.EXTERNAL)

    alerts = received(clean_kafka)
    firing = [a for a in alerts if a.region == "UKR" and a.state is AlertState.FIRING]
    assert [a.rule for a in firing if a.rule == "risk-elevated"] == ["risk-elevated"]
    assert firing[0].evidence[0].url is not None
    assert firing[0].origins > 1
    keys = [(a.episode, a.revision) for a in alerts]
    assert len(keys) == len(set(keys))

    with RiskReader(clean_kafka.bootstrap) as reader:
        ukraine = reader.catch_up()["UKR"]
    assert ukraine.state is RegionState.LEARNING
    assert list(Level).index(ukraine.level) <= list(Level).index(Level.ELEVATED)
    assert sum(c.points for c in ukraine.contributions) == ukraine.pressure


def test_workers_tell_the_truth_about_themselves_and_drain_within_five_seconds(workers: Supervisor) -> None:
    for worker in workers.workers:
        with urllib.request.urlopen(f"{worker.url}/ready") as answer:
            body = json.load(answer)
        assert body["ok"], body
        worker.process.terminate()
        began = time.monotonic()
        assert worker.process.wait(10) == 0, worker.log.read_text()
        assert time.monotonic() - began < 5
