"""TLS and SASL on a real broker, with the settings that users have."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from allywatch.broker.topics import ensure_topics
from allywatch.client import AlertSubscriber, RiskReader
from allywatch.config import KafkaSettings
from allywatch.demo.player import Player
from allywatch.demo.supervisor import Supervisor
from allywatch.errors import Refused, RejectReason
from allywatch.kafkaadmin import admin_client
from allywatch.records import Record, Rejection, dead_letter
from allywatch_schemas import AlertState, TickOrigin
from integration.pipeline import NOW, received, wait_for_evidence, write_export
from secured import KEY_PASSWORD, SecuredBroker, environment

pytestmark = pytest.mark.kafka

GOOD: dict[str, Callable[[SecuredBroker], KafkaSettings]] = {
    "certificates on both sides": lambda broker: broker.tls,
    "SCRAM over TLS": lambda broker: changed(broker.sasl, sasl_mechanism="SCRAM-SHA-512"),
}


def changed(kafka: KafkaSettings, **settings: Any) -> KafkaSettings:
    return kafka.model_copy(update=settings)


def allywatch(kafka: KafkaSettings, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """The command as a user runs it: everything comes from the environment."""
    return subprocess.run(
        [sys.executable, "-m", "allywatch", *arguments],
        env=os.environ | environment(kafka) | {"ALLYWATCH_METRICS_PORT": "0"},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.fixture
def fresh_broker(tmp_path: Path) -> Iterator[SecuredBroker]:
    broker = SecuredBroker(tmp_path / "broker")
    with broker.local:
        yield broker.start()


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecuredBroker]:
    secured = SecuredBroker(tmp_path_factory.mktemp("secured"))
    with secured.local:
        yield secured.start()


@pytest.mark.parametrize("settings", GOOD.values(), ids=GOOD)
async def test_the_whole_pipeline_runs_over_tls(
    settings: Callable[[SecuredBroker], KafkaSettings],
    fresh_broker: SecuredBroker,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kafka = settings(fresh_broker)
    assert kafka.uses_tls
    assert allywatch(kafka, "topics").returncode == 0
    for name, value in environment(kafka).items():
        monkeypatch.setenv(name, value)
    with Supervisor(kafka.bootstrap, tmp_path) as workers:
        workers.start("extract", ["extract"], 0)
        workers.start("score", ["score", "--ticks", "external"], 0)
        workers.wait_ready(60)
        await feed(kafka, workers, tmp_path)

        alerts = received(kafka)
        assert {a.rule for a in alerts if a.region == "UKR" and a.state is AlertState.FIRING}
        with RiskReader(kafka.bootstrap, **kafka.for_kafka_python()) as reader:
            assert reader.catch_up()["UKR"].score > 0
        with member(kafka, "desk") as first:
            taken = first.poll(10)
            assert taken is not None
        with member(kafka, "desk") as second:
            again = second.poll(10)
            assert again is None or (again.episode, again.revision) != (taken.episode, taken.revision)

        write_letter(kafka)
        assert "1 dead letters, 1 shown" in allywatch(kafka, "redrive", "news-articles").stdout
        assert "Put 1 dead" in allywatch(kafka, "redrive", "news-articles", "--put-back", "--yes").stdout
        assert "UKR" in allywatch(kafka, "tail", "--once").stdout


async def feed(kafka: KafkaSettings, workers: Supervisor, folder: Path) -> None:
    export = folder / "20261122120000.export.CSV"
    write_export(export)
    async with Player(kafka) as player:
        await player.tick(NOW, TickOrigin.EXTERNAL)
        ingest = workers.start("ingest", ["ingest", "gdelt", str(export), "--state", str(folder)], 0)
        assert ingest.process.wait(60) == 0, ingest.log.read_text()
        wait_for_evidence(workers)
        for minute in range(5, 95, 5):
            await player.tick(NOW + timedelta(minutes=minute), TickOrigin.EXTERNAL)


def member(kafka: KafkaSettings, group: str) -> AlertSubscriber:
    return AlertSubscriber(kafka.bootstrap, group, start="earliest", **kafka.for_kafka_python())


def write_letter(kafka: KafkaSettings) -> None:
    from kafka import KafkaProducer

    rejection = Rejection(RejectReason.NOT_JSON, "exercise")
    letter = dead_letter(Record("news-articles", 0, 0, b"a1", b"{"), rejection, "test")
    producer = KafkaProducer(**kafka.for_kafka_python())
    producer.send(letter.topic, letter.value, letter.key, list(letter.headers), 0).get(10)
    producer.close()


def wrong_ways(broker: SecuredBroker) -> Mapping[str, tuple[KafkaSettings, str, str]]:
    """Settings that cannot work, what is said of them, and the setting that is named."""
    of, tls, sasl = broker.certificates, broker.tls, broker.sasl
    scram = changed(sasl, sasl_mechanism="SCRAM-SHA-512")
    wrong = SecretStr("wrong")
    return {
        "wrong CA": (changed(tls, ssl_cafile=of.other_ca), "not trusted", "SSL_CAFILE"),
        "no CA": (changed(tls, ssl_cafile=None), "not trusted", "SSL_CAFILE"),
        "other host": (changed(tls, bootstrap=broker.address("misnamed")), "another name", "BOOTSTRAP"),
        "no certificate": (changed(tls, ssl_certfile=None), "TLS handshake", "SSL_CERTFILE"),
        "stranger": (
            changed(tls, ssl_certfile=of.stranger, ssl_keyfile=of.stranger_key),
            "TLS handshake",
            "SSL_CERTFILE",
        ),
        "plain to TLS": (
            KafkaSettings(bootstrap=broker.address("ssl")),
            "it speaks TLS",
            "SECURITY_PROTOCOL",
        ),
        "TLS to plain": (
            changed(tls, bootstrap=broker.plain.bootstrap),
            "does not speak TLS",
            "SECURITY_PROTOCOL",
        ),
        "no user": (
            KafkaSettings(bootstrap=broker.address("sasl_plaintext")),
            "asks for a user and password",
            "SASL_USERNAME",
        ),
        "user where none is asked": (
            changed(sasl, bootstrap=broker.plain.bootstrap, security_protocol="SASL_PLAINTEXT"),
            "asks for no password",
            "SECURITY_PROTOCOL",
        ),
        "other mechanism": (
            changed(sasl, sasl_mechanism="SCRAM-SHA-256"),
            "PLAIN, SCRAM-SHA-512",
            "SASL_MECHANISM",
        ),
        "wrong password": (changed(sasl, sasl_password=wrong), "wrong user or password", "SASL_PASSWORD"),
        "wrong password in the clear": (
            changed(
                sasl,
                bootstrap=broker.address("sasl_plaintext"),
                security_protocol="SASL_PLAINTEXT",
                sasl_password=wrong,
            ),
            "wrong user or password",
            "SASL_PASSWORD",
        ),
        "wrong SCRAM password": (
            changed(scram, sasl_password=wrong),
            "wrong user or password",
            "SASL_PASSWORD",
        ),
        "unknown SCRAM user": (
            changed(scram, sasl_username="nobody"),
            "wrong user or password",
            "SASL_USERNAME",
        ),
    }


WRONG = (
    "wrong CA",
    "no CA",
    "other host",
    "no certificate",
    "stranger",
    "plain to TLS",
    "TLS to plain",
    "no user",
    "user where none is asked",
    "other mechanism",
    "wrong password",
    "wrong password in the clear",
    "wrong SCRAM password",
    "unknown SCRAM user",
)


@pytest.mark.parametrize("way", WRONG)
def test_settings_that_cannot_work_are_refused_at_once_and_named(way: str, broker: SecuredBroker) -> None:
    kafka, why, setting = wrong_ways(broker)[way]
    began = time.monotonic()
    with pytest.raises(Refused) as refused, admin_client(kafka):
        pass
    assert why in str(refused.value)
    assert f"ALLYWATCH_KAFKA_{setting}" in str(refused.value)
    assert time.monotonic() - began < 2
    with pytest.raises(Refused):
        AlertSubscriber(kafka.bootstrap, **kafka.for_kafka_python())


def test_every_good_way_in_is_let_in(broker: SecuredBroker) -> None:
    sasl = broker.sasl
    in_the_clear = changed(
        sasl, security_protocol="SASL_PLAINTEXT", bootstrap=broker.address("sasl_plaintext")
    )
    ways = [
        broker.plain,
        broker.tls,
        sasl,
        changed(sasl, sasl_mechanism="SCRAM-SHA-512"),
        in_the_clear,
        changed(in_the_clear, sasl_mechanism="SCRAM-SHA-256"),
        changed(broker.tls, bootstrap=broker.address("misnamed"), ssl_check_hostname=False),
    ]
    for kafka in ways:
        with admin_client(kafka) as client:
            assert client.list_topics() is not None


def test_the_client_takes_kafka_pythons_own_names(broker: SecuredBroker) -> None:
    ensure_topics(broker.plain)
    of = broker.certificates
    with AlertSubscriber(
        broker.address("ssl"),
        security_protocol="SSL",
        ssl_cafile=str(of.ca),
        ssl_certfile=str(of.client),
        ssl_keyfile=str(of.client_key),
        ssl_password=KEY_PASSWORD,
    ) as subscriber:
        assert subscriber.poll() is None
    with pytest.raises(Refused, match="not trusted"):
        AlertSubscriber(broker.address("ssl"), security_protocol="SSL", ssl_cafile=str(of.other_ca))


@pytest.mark.parametrize("command", [("topics",), ("extract",), ("score",), ("tail", "--once")], ids=" ".join)
@pytest.mark.parametrize("way", ["wrong CA", "plain to TLS", "wrong password"])
def test_a_command_ends_with_one_line_that_says_what_to_do(
    command: tuple[str, ...], way: str, broker: SecuredBroker
) -> None:
    kafka, why, setting = wrong_ways(broker)[way]
    ended = allywatch(kafka, *command)
    assert ended.returncode == 1
    said = [line for line in ended.stderr.splitlines() if "worker started" not in line]
    assert len(said) == 1, ended.stderr
    assert why in said[0]
    assert f"ALLYWATCH_KAFKA_{setting}" in said[0]


def test_ingest_ends_with_one_line_too(broker: SecuredBroker, tmp_path: Path) -> None:
    kafka, why, _ = wrong_ways(broker)["wrong password"]
    write_export(tmp_path / "20261122120000.export.CSV")
    ended = allywatch(kafka, "ingest", "gdelt", str(tmp_path), "--state", str(tmp_path / "state.json"))
    assert ended.returncode == 1
    assert sum(why in line for line in ended.stderr.splitlines()) == 1, ended.stderr
    assert "Traceback" not in ended.stderr
