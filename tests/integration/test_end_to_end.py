"""From a GDELT file to an alert in the subscriber's hands, every worker a real process, on a real Kafka."""

import json
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from allywatch.client import AlertSubscriber, RiskReader
from allywatch.config import KafkaSettings
from allywatch.demo.player import Player
from allywatch.demo.supervisor import Supervisor
from allywatch_schemas import Alert, AlertState, Level, RegionState, TickOrigin

pytestmark = pytest.mark.kafka

NOW = datetime.now(UTC).replace(microsecond=0)
COLUMNS = 61


def gdelt_row(number: int, source: str, target: str, cameo: str, goldstein: float) -> str:
    """A row of a GDELT 2 export, about an invented event of the last hour."""
    at = NOW - timedelta(minutes=30)
    row = [""] * COLUMNS
    row[0], row[1] = str(900_000_000 + number), f"{at:%Y%m%d}"
    row[5], row[6], row[7] = source, source, source
    row[15], row[16], row[17] = target, target, target
    row[26], row[27], row[28], row[29], row[30] = cameo, cameo[:3], cameo[:2], "4", str(goldstein)
    row[31], row[32], row[33], row[34] = "20", "5", "20", "-3.5"
    row[59], row[60] = f"{at:%Y%m%d%H%M%S}", f"https://outlet{number}.example/exercise/{number}"
    return "\t".join(row)


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
    rows = [gdelt_row(n, "USA", "UKR", "1622", -5.6) for n in range(40)]
    rows += [gdelt_row(100 + n, "RUS", "UKR", "190", -10.0) for n in range(40)]
    export.write_text("\n".join([*rows, "not\ta\trow"]) + "\n")
    async with Player(clean_kafka) as player:
        await player.tick(NOW, TickOrigin.EXTERNAL)
        ingest = workers.start(
            "ingest", ["ingest", "gdelt", str(export), "--state", str(tmp_path / "state.json")], 0
        )
        assert ingest.process.wait(60) == 0, ingest.log.read_text()
        wait_for_evidence(workers)
        for minute in range(5, 95, 5):
            await player.tick(NOW + timedelta(minutes=minute), TickOrigin.EXTERNAL)

    alerts = received(clean_kafka.bootstrap)
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


def wait_for_evidence(workers: Supervisor) -> None:
    """Until the score worker has applied evidence from every partition of the source topic."""
    score = next(worker for worker in workers.workers if worker.name == "score")
    extract = next(worker for worker in workers.workers if worker.name == "extract")
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if total(extract.url, "allywatch_extract_records_total") >= 80:
            break
        time.sleep(0.1)
    time.sleep(1)
    score.check()


def total(url: str, name: str) -> float:
    with urllib.request.urlopen(f"{url}/metrics") as answer:
        lines = answer.read().decode().splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(name + "{"))


def received(bootstrap: str) -> list[Alert]:
    """All alerts there are, once nothing came for two seconds."""
    out: list[Alert] = []
    with AlertSubscriber(bootstrap, start="earliest") as subscriber:
        quiet_since = time.monotonic()
        while time.monotonic() - quiet_since < 2:
            if alert := subscriber.poll(0.2):
                out.append(alert)
                quiet_since = time.monotonic()
    return out


def test_workers_tell_the_truth_about_themselves_and_drain_within_five_seconds(workers: Supervisor) -> None:
    for worker in workers.workers:
        with urllib.request.urlopen(f"{worker.url}/ready") as answer:
            body = json.load(answer)
        assert body["ok"], body
        worker.process.terminate()
        began = time.monotonic()
        assert worker.process.wait(10) == 0, worker.log.read_text()
        assert time.monotonic() - began < 5
