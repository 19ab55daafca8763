import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from allywatch.broker.distribution import packaged
from allywatch.cli import app
from allywatch.config import KafkaSettings, WorkerSettings
from allywatch_schemas import TOPICS

ROOT = Path(__file__).parents[3]
COMPOSE = ROOT / "docker-compose.yml"
WORKERS = ("ingest-gdelt", "ingest-rss", "extract", "score")
OURS = (*WORKERS, "topics")


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    loaded: dict[str, dict[str, Any]] = yaml.safe_load(COMPOSE.read_text("utf-8"))
    return loaded["services"]


def run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_is_valid_by_the_compose_specification() -> None:
    schema = ("--builtin-schema", "vendor.compose-spec")
    run(sys.executable, "-m", "check_jsonschema", *schema, str(COMPOSE))


def test_every_service_that_is_waited_for_exists(services: dict[str, Any]) -> None:
    for name, service in services.items():
        for target, how in service.get("depends_on", {}).items():
            assert target in services, f"{name} waits for {target}"
            if how["condition"] == "service_healthy":
                assert "test" in services[target]["healthcheck"]


def test_topics_are_made_before_any_worker_starts(services: dict[str, Any]) -> None:
    assert services["topics"]["depends_on"]["kafka"]["condition"] == "service_healthy"
    for name in WORKERS:
        assert services[name]["depends_on"]["topics"]["condition"] == "service_completed_successfully"


@pytest.mark.parametrize("name", OURS)
def test_commands_are_commands_of_allywatch(services: dict[str, Any], name: str) -> None:
    # An unknown command or option is refused before the help is shown.
    result = CliRunner().invoke(app, [*services[name]["command"], "--help"])
    assert result.exit_code == 0, result.output


def test_every_worker_is_judged_by_ready(services: dict[str, Any]) -> None:
    for name in WORKERS:
        assert "/ready" in services[name]["healthcheck"]["test"][-1]


def test_ports_are_published_on_loopback_only_and_once(services: dict[str, Any]) -> None:
    published = [port for service in services.values() for port in service.get("ports", ())]
    assert published
    assert all(port.startswith("127.0.0.1:") for port in published)
    outside = [port.split(":")[1] for port in published]
    assert len(outside) == len(set(outside))


def test_settings_are_ones_that_workers_know(services: dict[str, Any]) -> None:
    known = {f"ALLYWATCH_KAFKA_{field.upper()}" for field in KafkaSettings.model_fields}
    known |= {f"ALLYWATCH_{field.upper()}" for field in WorkerSettings.model_fields} | {"ALLYWATCH_STATE_DIR"}
    for name in OURS:
        assert set(services[name]["environment"]) <= known


def test_workers_may_change_nothing_but_their_volume(services: dict[str, Any]) -> None:
    for name in OURS:
        service = services[name]
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]
        assert "user" not in service, "the image says who runs it"


def test_what_is_mounted_from_here_exists(services: dict[str, Any]) -> None:
    for service in services.values():
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            assert not source.startswith(".") or (ROOT / source).exists(), source


def test_kafka_is_set_as_the_local_broker_is(services: dict[str, Any]) -> None:
    lines = [line.split("=", 1) for line in packaged("server.properties").splitlines() if "=" in line]
    local = {key: value for key, value in lines if not key.startswith("#") and "$" not in value}
    different = {
        "controller.listener.names",
        "default.replication.factor",  # these four only matter on one machine, or are the default
        "min.insync.replicas",
        "group.min.session.timeout.ms",
        "broker.session.timeout.ms",
        "broker.heartbeat.interval.ms",
        "log.cleaner.dedupe.buffer.size",
        "num.recovery.threads.per.data.dir",
        "listener.security.protocol.map",
    }
    environment = services["kafka"]["environment"]
    for key, value in local.items():
        if key not in different:
            assert environment[f"KAFKA_{key.replace('.', '_').upper()}"] == value, key
    largest = max(topic.max_message_bytes for topic in TOPICS.values())
    assert environment["KAFKA_MESSAGE_MAX_BYTES"] == str(largest)


def test_prometheus_looks_for_every_worker_on_its_port(services: dict[str, Any]) -> None:
    config = yaml.safe_load((ROOT / "deploy/prometheus/prometheus.yml").read_text("utf-8"))
    found = [sd for job in config["scrape_configs"] for sd in job["dns_sd_configs"]]
    assert sorted(name for sd in found for name in sd["names"]) == sorted(WORKERS)
    assert {sd["port"] for sd in found} == {9100}
    assert all(services[name]["ports"][0].endswith(":9100") for name in WORKERS)
    for file in config["rule_files"]:
        assert (ROOT / "deploy/prometheus" / file).exists()
