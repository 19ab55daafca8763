"""A worker that is told to stop while its broker is away: quick, quiet, and no error."""

import time
from pathlib import Path

import pytest

from allywatch.broker.local import LocalBroker
from allywatch.config import KafkaSettings
from allywatch.demo.supervisor import Supervisor

pytestmark = pytest.mark.kafka


@pytest.mark.parametrize("command", [("score",), ("extract",)], ids=" ".join)
def test_a_worker_stops_without_its_broker_and_leaves_a_readable_log(
    command: tuple[str, ...], clean_broker: LocalBroker, clean_kafka: KafkaSettings, tmp_path: Path
) -> None:
    with Supervisor(clean_kafka.bootstrap, tmp_path) as workers:
        worker = workers.start(command[0], command, 0)
        workers.wait_ready(60)
        clean_broker.stop()
        time.sleep(5)
        began = time.monotonic()
        worker.process.terminate()
        assert worker.process.wait(10) == 0
        assert time.monotonic() - began < 5
        said = worker.log.read_text()
        assert "Traceback" not in said
        assert len(said.splitlines()) < 60
