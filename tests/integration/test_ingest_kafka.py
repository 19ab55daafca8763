"""`allywatch ingest` as a process, on real Kafka."""

import json
import signal
import time
import urllib.request
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest
from kafka import KafkaConsumer, TopicPartition

from allywatch.broker.local import LOOPBACK
from allywatch.broker.ports import free_ports
from allywatch.config import KafkaSettings
from allywatch.records import DETAIL, REASON
from allywatch_schemas import PARTITIONS, DiplomaticEvent, NewsArticle, Retraction, partition_of
from allywatch_schemas.codec import decode, header
from integration.ingesting import an_export, ingest, new_numbers, start, wait_until

pytestmark = pytest.mark.kafka

Read = Callable[[str], list["Found"]]


class Found:
    def __init__(self, record: object) -> None:
        self.partition: int = record.partition  # type: ignore[attr-defined]
        self.key: bytes | None = record.key  # type: ignore[attr-defined]
        self.value: bytes = record.value  # type: ignore[attr-defined]
        self.headers: list[tuple[str, bytes]] = list(record.headers)  # type: ignore[attr-defined]


@pytest.fixture
def read_new(kafka_settings: KafkaSettings) -> Read:
    """What was written to a topic since the test began."""
    starts: dict[str, dict[TopicPartition, int]] = {}
    consumer = KafkaConsumer(**kafka_settings.for_kafka_python(), enable_auto_commit=False)
    for topic in (
        "diplomatic-events",
        "news-articles",
        "region-inputs",
        "diplomatic-events-dlq",
        "news-articles-dlq",
    ):
        places = [TopicPartition(topic, p) for p in range(PARTITIONS)]
        starts[topic] = consumer.end_offsets(places)
    consumer.close()

    def read(topic: str) -> list[Found]:
        reader = KafkaConsumer(**kafka_settings.for_kafka_python(), enable_auto_commit=False)
        try:
            reader.assign(list(starts[topic]))
            for place, offset in starts[topic].items():
                reader.seek(place, offset)
            missing = sum(reader.end_offsets(list(starts[topic])).values()) - sum(starts[topic].values())
            found: list[Found] = []
            deadline = time.monotonic() + 30
            while len(found) < missing and time.monotonic() < deadline:
                for records in reader.poll(timeout_ms=200).values():
                    found.extend(Found(record) for record in records)
            return found
        finally:
            reader.close()

    return read


@pytest.fixture
def unused_port() -> int:
    return free_ports(LOOPBACK, 1)[0]


@pytest.fixture
def numbers() -> range:
    return new_numbers()


def test_a_killed_run_is_resumed_and_loses_nothing(
    kafka_bootstrap: str, read_new: Read, tmp_path: Path, numbers: range
) -> None:
    path = an_export(tmp_path / "a.export.CSV", numbers[:12_000])
    state = tmp_path / "state.json"
    running = start(kafka_bootstrap, "gdelt", str(path), "--state", str(state), "--rate", "3000")
    deadline = time.monotonic() + 60
    while not state.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.3)
    running.send_signal(signal.SIGKILL)
    running.communicate()
    noted = json.loads(state.read_text())["files"][str(path)]["number"]

    out = ingest(kafka_bootstrap, "gdelt", str(path), "--state", str(state))

    assert 0 < noted < 12_000
    assert f"{noted:,} taken in before" in out
    keys = {record.key for record in read_new("diplomatic-events")}
    assert keys == {f"gdelt:{number}".encode() for number in numbers[:12_000]}


def test_ingesting_twice_gives_the_same_ids_and_values_in_the_partition_of_their_key(
    kafka_bootstrap: str, read_new: Read, tmp_path: Path, numbers: range
) -> None:
    path = an_export(tmp_path / "a.export.CSV", numbers[:50])
    for _ in range(2):
        ingest(kafka_bootstrap, "gdelt", str(path), "--state", str(tmp_path))

    by_key: dict[bytes | None, list[Found]] = defaultdict(list)
    for record in read_new("diplomatic-events"):
        by_key[record.key].append(record)
    assert len(by_key) == 50
    for key, records in by_key.items():
        assert len(records) == 2
        assert len({record.value for record in records}) == 1
        assert {record.partition for record in records} == {partition_of(key or b"", PARTITIONS)}
        assert isinstance(decode(records[0].value, records[0].headers), DiplomaticEvent)


def test_dead_letters_keep_the_original_bytes_and_say_where(
    kafka_bootstrap: str, read_new: Read, tmp_path: Path, numbers: range
) -> None:
    bad = [b"not\x00a row \xff", b"\t" * 60]
    path = an_export(tmp_path / "a.export.CSV", numbers[:3], *bad)
    out = ingest(kafka_bootstrap, "gdelt", str(path), "--state", str(tmp_path))

    letters = sorted(read_new("diplomatic-events-dlq"), key=lambda letter: letter.key or b"")
    assert [(letter.key, letter.value) for letter in letters] == [
        (b"a.export.CSV:4", bad[0]),
        (b"a.export.CSV:5", bad[1]),
    ]
    assert [header(letter.headers, REASON) for letter in letters] == ["wrong_encoding", "bad_row"]
    assert "a.export.CSV:5: GLOBALEVENTID" in (header(letters[1].headers, DETAIL) or "")
    assert "5 rows in = 3 events + 2 rejected (bad_row 1, wrong_encoding 1)" in out


def test_a_new_version_and_a_withdrawal_of_an_item(
    kafka_bootstrap: str, read_new: Read, tmp_path: Path
) -> None:
    item = {
        "uri": "tag:wire.example,2026:1",
        "versioncreated": "2026-03-02T12:00:00Z",
        "headline": "Exercise",
    }
    versions = [
        item | {"version": "1"},
        item | {"version": "2"},
        item | {"version": "3", "pubstatus": "canceled"},
    ]
    (tmp_path / "a.json").write_text(json.dumps(versions))
    ingest(kafka_bootstrap, "ninjs", str(tmp_path / "a.json"), "--state", str(tmp_path))

    articles = [decode(record.value, record.headers) for record in read_new("news-articles")]
    assert [article.version for article in articles if isinstance(article, NewsArticle)] == [1, 2]
    copies = read_new("region-inputs")
    assert sorted(copy.partition for copy in copies) == list(range(PARTITIONS))
    withdrawn = [decode(copy.value, copy.headers) for copy in copies]
    assert {w.doc_id for w in withdrawn if isinstance(w, Retraction)} == {"tag:wire.example,2026:1"}


def test_sigterm_drains_notes_the_position_and_exits_0(
    kafka_bootstrap: str, read_new: Read, tmp_path: Path, numbers: range
) -> None:
    path = an_export(tmp_path / "a.export.CSV", numbers[:50_000])
    state = tmp_path / "state.json"
    running = start(kafka_bootstrap, "gdelt", str(path), "--state", str(state), "--rate", "1000")
    deadline = time.monotonic() + 60
    while not state.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    running.terminate()
    began = time.monotonic()
    out, err = running.communicate(timeout=30)

    assert (running.returncode, time.monotonic() - began < 5) == (0, True), out + err
    noted = json.loads(state.read_text())["files"][str(path)]["number"]
    assert len(read_new("diplomatic-events")) == noted
    assert "(stopped)" in out


def test_a_bad_file_is_one_clear_line_and_not_exit_0(kafka_bootstrap: str, tmp_path: Path) -> None:
    (tmp_path / "a.export.CSV").write_bytes(b"this,is,not,it\n")
    running = start(kafka_bootstrap, "gdelt", str(tmp_path / "a.export.CSV"), "--state", str(tmp_path))
    _, err = running.communicate(timeout=60)

    assert running.returncode == 1
    assert err.count("\n") == 1
    assert "not a GDELT 2 event export" in err


def test_a_drop_folder_serves_health_and_takes_in_what_comes(
    kafka_bootstrap: str, read_new: Read, tmp_path: Path, numbers: range, unused_port: int
) -> None:
    drop = tmp_path / "drop"
    drop.mkdir()
    running = start(
        kafka_bootstrap, "watch", str(drop), "--state", str(tmp_path), ALLYWATCH_METRICS_PORT=str(unused_port)
    )
    try:
        wait_until(lambda: answers(f"http://127.0.0.1:{unused_port}/ready"))
        an_export(drop / "a.csv", numbers[:10])
        wait_until(lambda: len(read_new("diplomatic-events")) == 10)
        with urllib.request.urlopen(f"http://127.0.0.1:{unused_port}/metrics") as page:
            text = page.read().decode()
        assert 'allywatch_ingest_records_total{outcome="event",source="gdelt"} 10.0' in text
    finally:
        running.terminate()
        running.communicate(timeout=20)
    assert running.returncode == 0


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
