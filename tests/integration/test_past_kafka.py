"""Time travel and people's decisions on a real broker, with a real score worker."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from kafka import KafkaAdminClient, TopicPartition

from allywatch.config import KafkaSettings
from allywatch.engine.snapshot import complete
from allywatch_schemas import Alert, RegionRisk
from allywatch_schemas.topics import REGION_ALERTS, REGION_INPUTS, REGION_RISK, REGION_SNAPSHOTS
from integration.drills import Worker, read_all, stop_all, wait_until_applied
from integration.traffic import Inputs, Traffic

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(300)]

MESSAGES = 800
"""Four days of the engine's clock, then one tick a month later."""


@pytest.fixture
def scored(
    request: pytest.FixtureRequest, clean_kafka: KafkaSettings, tmp_path: Path
) -> Iterator[KafkaSettings]:
    """A log of so many messages that a worker scored; the worker still runs."""
    worker = Worker(clean_kafka, tmp_path / "score.log").start()
    try:
        Traffic(clean_kafka, Inputs(request.param), 500).start().wait_until(1)
        wait_until_applied(clean_kafka)
        yield clean_kafka
    finally:
        stop_all(worker)
        print(worker.log.read_text()[-3_000:])


def allywatch(kafka: KafkaSettings, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    environment = os.environ | {"ALLYWATCH_KAFKA_BOOTSTRAP": kafka.bootstrap}
    return subprocess.run(
        [sys.executable, "-m", "allywatch", *arguments], env=environment, capture_output=True, timeout=60
    )


def refused(kafka: KafkaSettings, *arguments: str) -> str:
    done = allywatch(kafka, *arguments)
    assert done.returncode == 1, done.stdout
    (line,) = done.stderr.decode().strip().splitlines()
    return line


@pytest.mark.parametrize("scored", [MESSAGES], indirect=True)
def test_the_past_is_told_as_it_was_published_and_only_within_retention(scored: KafkaSettings) -> None:
    alerts = read_all(scored, REGION_ALERTS.name)
    scores = [r for records in read_all(scored, REGION_RISK.name).values() for r in records]
    for record in scores[:: max(1, len(scores) // 2)]:
        risk = RegionRisk.read(record.value or b"")
        told = allywatch(scored, "as-of", f"@{risk.sequence.offset}", risk.region, "--raw")
        assert (told.returncode, told.stdout) == (0, (record.value or b"") + b"\n"), told.stderr

    partition = next(p for p, records in alerts.items() if records)
    published = [Alert.read(r.value or b"") for r in alerts[partition]]
    episode = published[0].episode
    told = allywatch(scored, "explain", episode, "--all-revisions", "--raw")
    due = [r.value or b"" for r, a in zip(alerts[partition], published, strict=True) if a.episode == episode]
    assert (told.returncode, told.stdout.splitlines()) == (0, due), told.stderr

    taken = complete(read_all(scored, REGION_SNAPSHOTS.name)[partition])
    assert len(taken) == 6
    region, kept = published[0].region, datetime.fromtimestamp(taken[3].clock / 1000, UTC)
    asked = f"{kept + timedelta(hours=7):%Y-%m-%dT%H:%MZ}"
    before = json.loads(said(scored, "as-of", asked, region, "--json"))
    admin = KafkaAdminClient(bootstrap_servers=scored.bootstrap)
    admin.delete_records({TopicPartition(REGION_INPUTS.name, partition): taken[3].offset})
    admin.close()
    after = json.loads(said(scored, "as-of", asked, region, "--json"))
    assert before["different"] == after["different"] == []
    assert (after["state"], after["risk"]) == (before["state"], before["risk"])
    older = f"{kept - timedelta(minutes=1):%Y-%m-%dT%H:%MZ}"
    earliest = f"The earliest moment that can be rebuilt is {kept:%Y-%m-%dT%H:%M:%SZ}."
    assert earliest in refused(scored, "as-of", older, region)
    assert "earliest moment" in refused(scored, "explain", f"{episode}:1")
    assert "is in the future" in refused(scored, "as-of", "2199-01-01", region)
    assert "is no region" in refused(scored, "as-of", "1h", "ATLANTIS")
    assert "no alert" in refused(scored, "explain", f"risk-none:{region}:1")


@pytest.mark.parametrize("scored", [120], indirect=True)
def test_people_decide_and_hear_what_came_of_it(scored: KafkaSettings) -> None:
    assert "is in force from inputs 0:" in said(scored, "activate")
    assert said(scored, "retract", "doc-1", "--reason", "wrong").startswith(
        "Withdrawn: told all 4 partitions"
    )
    first, *_ = [json.loads(line) for line in said(scored, "alerts", "--json").splitlines()]
    key, episode = first["key"], first["episode"]
    assert said(scored, "alert", "mute", key, "--until", "8h", "--by", "ann") == f"{key} is muted."
    assert (
        said(scored, "alert", "resolve", f"{key}:99")
        == "It changed nothing: another episode is open, or none."
    )
    resolved = said(scored, "alert", "resolve", key, "--episode", episode, "--by", "ann", "--reason", "over")
    assert resolved == f"{episode} is resolved (revision {first['revision'] + 1})."
    assert "allywatch alerts" in refused(scored, "alert", "resolve", key)
    told = said(scored, "explain", episode)
    assert "by ann" in told
    assert "the same, byte for byte" in told


def said(kafka: KafkaSettings, *arguments: str) -> str:
    done = allywatch(kafka, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout.decode().strip()
