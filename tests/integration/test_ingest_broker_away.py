"""`allywatch ingest` while its broker is not there: not yet, for a while, for good."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from allywatch.broker.local import LOOPBACK, LocalBroker
from allywatch.broker.ports import free_ports
from allywatch.broker.topics import ensure_topics
from allywatch.client.connection import read_topic
from allywatch.config import KafkaSettings
from integration.ingesting import an_export, new_numbers, start, wait_until

pytestmark = pytest.mark.kafka


@pytest.fixture
def numbers() -> range:
    return new_numbers()


@pytest.fixture
def unused_port() -> int:
    return free_ports(LOOPBACK, 1)[0]


def test_it_waits_for_a_broker_that_is_not_up_yet_and_for_its_topics(
    new_broker: Callable[..., LocalBroker], tmp_path: Path, numbers: range, unused_port: int
) -> None:
    path = an_export(tmp_path / "a.export.CSV", numbers[:10])
    running = start(f"127.0.0.1:{unused_port}", "gdelt", str(path), "--state", str(tmp_path))
    time.sleep(2)
    assert running.poll() is None
    broker = new_broker(port=unused_port)
    with broker:
        ensure_topics(KafkaSettings(bootstrap=broker.bootstrap))
        out, err = running.communicate(timeout=60)

    assert running.returncode == 0, out + err
    assert (out + err).count("waiting for Kafka") == 1
    assert "10 rows in = 10 events" in out


def test_a_broker_that_dies_and_comes_back_costs_nothing(
    clean_broker: LocalBroker, tmp_path: Path, numbers: range
) -> None:
    path = an_export(tmp_path / "a.export.CSV", numbers[:12_000])
    state = tmp_path / "state.json"
    running = start(clean_broker.bootstrap, "gdelt", str(path), "--state", str(state), "--rate", "4000")
    wait_until(state.exists)
    clean_broker.kill()
    time.sleep(1)
    clean_broker.start()
    out, err = running.communicate(timeout=120)

    assert running.returncode == 0, out + err
    assert "12,000 rows in" in out
    keys = {record.key for record in read_topic(clean_broker.bootstrap, "diplomatic-events")}
    assert keys >= {f"gdelt:{number}".encode() for number in numbers[:12_000]}


def test_sigterm_ends_it_in_time_even_when_the_broker_is_gone(
    clean_broker: LocalBroker, tmp_path: Path, numbers: range
) -> None:
    path = an_export(tmp_path / "a.export.CSV", numbers[:50_000])
    state = tmp_path / "state.json"
    running = start(clean_broker.bootstrap, "gdelt", str(path), "--state", str(state), "--rate", "1000")
    wait_until(state.exists)
    clean_broker.kill()
    time.sleep(1.5)
    running.terminate()
    began = time.monotonic()
    out, err = running.communicate(timeout=30)

    assert (running.returncode, time.monotonic() - began < 5) == (0, True), out + err


def test_without_topics_it_says_what_to_do(empty_broker: LocalBroker, tmp_path: Path, numbers: range) -> None:
    path = an_export(tmp_path / "a.export.CSV", numbers[:10])
    running = start(empty_broker.bootstrap, "gdelt", str(path), "--state", str(tmp_path))
    _, err = running.communicate(timeout=60)

    assert running.returncode == 1
    assert "allywatch topics" in err
