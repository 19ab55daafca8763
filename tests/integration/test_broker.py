import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from allywatch.broker.distribution import BrokerError
from allywatch.broker.local import LocalBroker
from allywatch.broker.topics import ensure_topics
from allywatch.config import KafkaSettings
from allywatch.kafkaadmin import admin_client, topic_ids

pytestmark = pytest.mark.kafka

NewBroker = Callable[..., LocalBroker]


def settings(broker: LocalBroker) -> KafkaSettings:
    return KafkaSettings(bootstrap=broker.bootstrap)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def gone_within(pid: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not alive(pid)


def produce(broker: LocalBroker, count: int) -> None:
    from kafka import KafkaProducer

    producer = KafkaProducer(bootstrap_servers=broker.bootstrap, acks="all")
    for number in range(count):
        producer.send("news-articles", key=str(number).encode(), value=b"{}", partition=0)
    producer.flush(30)
    producer.close()


def end_of(broker: LocalBroker) -> int:
    from kafka import KafkaConsumer, TopicPartition

    consumer = KafkaConsumer(bootstrap_servers=broker.bootstrap)
    partition = TopicPartition("news-articles", 0)
    end: int = consumer.end_offsets([partition])[partition]
    consumer.close()
    return end


def test_runs_on_its_class_archive_which_halves_its_start(session_broker: LocalBroker) -> None:
    # `make bench` measures seconds; on a machine shared with other tests they would say little.
    maps = Path(f"/proc/{session_broker.pid}/maps").read_text()
    assert "/classes-" in maps
    assert ".jsa" in maps


def test_new_data_folders_are_clusters_of_their_own(
    session_broker: LocalBroker, empty_broker: LocalBroker
) -> None:
    ids = set()
    for broker in (session_broker, empty_broker):
        with admin_client(settings(broker)) as client:
            ids.add(client.describe_cluster()["cluster_id"])
    assert len(ids) == 2


def test_listens_on_loopback_only(session_broker: LocalBroker) -> None:
    listening = Path(f"/proc/{session_broker.pid}/net/tcp")
    rows = [line.split() for line in listening.read_text().splitlines()[1:]]
    rows += [
        line.split() for line in Path(f"/proc/{session_broker.pid}/net/tcp6").read_text().splitlines()[1:]
    ]
    ours = [row[1] for row in rows if row[3] == "0A" and int(row[1].split(":")[1], 16) == session_broker.port]
    assert ours
    assert {address.split(":")[0][-8:] for address in ours} == {"0100007F"}


def test_a_free_port_is_none_that_a_reconnecting_client_could_be_given(session_broker: LocalBroker) -> None:
    lowest = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    assert session_broker.port < lowest


def test_a_stopped_broker_starts_again_with_port_and_data(clean_broker: LocalBroker) -> None:
    produce(clean_broker, 100)
    port, first = clean_broker.port, clean_broker.pid
    clean_broker.restart()
    assert (clean_broker.port, end_of(clean_broker)) == (port, 100)
    assert not alive(first)


def test_recovers_what_was_acknowledged_before_a_kill(clean_broker: LocalBroker) -> None:
    ids = topic_ids(settings(clean_broker), ["news-articles"])
    produce(clean_broker, 5_000)
    clean_broker.kill()
    assert not clean_broker.running
    clean_broker.start()
    assert end_of(clean_broker) == 5_000
    assert topic_ids(settings(clean_broker), ["news-articles"]) == ids
    assert ensure_topics(settings(clean_broker)) == ()


def test_a_port_in_use_is_named_with_the_way_out(new_broker: NewBroker) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(BrokerError, match=rf"127\.0\.0\.1:{port}: .*in use.*--port") as caught:
            new_broker(port=port).start()
    assert "\n" not in str(caught.value)


def test_a_second_broker_on_the_same_data_is_refused(session_broker: LocalBroker) -> None:
    with pytest.raises(BrokerError, match=r"another broker uses .* Stop it, or choose another --data-dir"):
        LocalBroker(session_broker.data_dir).start()


def test_dies_with_its_owner_even_when_that_is_killed(tmp_path: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path; from allywatch.broker.local import LocalBroker\n"
        "print(LocalBroker(Path(sys.argv[1])).start().pid, flush=True); time.sleep(600)"
    )
    owner = subprocess.Popen([sys.executable, "-c", program, str(tmp_path / "kafka")], stdout=subprocess.PIPE)
    assert owner.stdout is not None
    pid = int(owner.stdout.readline())
    try:
        assert alive(pid)
        owner.kill()
        owner.wait()
        assert gone_within(pid, 15)
    finally:
        owner.stdout.close()
        if alive(pid):
            os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_command_stops_cleanly_with_exit_code_0(tmp_path: Path, number: signal.Signals) -> None:
    command = [
        sys.executable,
        "-m",
        "allywatch",
        "broker",
        "--port",
        "0",
        "--data-dir",
        str(tmp_path / "kafka"),
    ]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert running.stdout is not None
    line = running.stdout.readline()
    assert line.startswith("Kafka is ready at 127.0.0.1:")
    bootstrap = line.split()[4]
    assert len(topic_ids(KafkaSettings(bootstrap=bootstrap), ["region-inputs", "region-inputs-dlq"])) == 2
    running.send_signal(number)
    assert running.wait(10) == 0
    assert "stopped" in running.stdout.read()
    running.stdout.close()
