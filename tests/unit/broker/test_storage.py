from pathlib import Path

import pytest

from allywatch.broker.distribution import BrokerError
from allywatch.broker.local import LocalBroker
from allywatch.broker.storage import format_storage


@pytest.fixture
def log_dir(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


def a_tool(folder: Path, script: str) -> list[str]:
    """Stands in for Java with Kafka's storage tool."""
    tool = folder / "java"
    tool.write_text(f"#!/bin/sh\n{script}\n")
    tool.chmod(0o755)
    return [str(tool)]


def fields(log_dir: Path) -> dict[str, str]:
    lines = (log_dir / "meta.properties").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines)


def test_the_tool_runs_once_and_its_checkpoint_is_copied_from_then_on(tmp_path: Path, log_dir: Path) -> None:
    tool = a_tool(tmp_path, f"echo run >> {tmp_path}/runs; echo checkpoint > {log_dir}/bootstrap.checkpoint")
    format_storage(log_dir, tmp_path / "settings", tool, home=tmp_path)
    (tmp_path / "other").mkdir()
    format_storage(tmp_path / "other", tmp_path / "settings", tool, home=tmp_path)
    assert (tmp_path / "runs").read_text() == "run\n"
    assert (tmp_path / "other" / "bootstrap.checkpoint").read_text() == "checkpoint\n"


def test_every_folder_gets_ids_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "bootstrap.checkpoint").write_bytes(b"checkpoint")
    found = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        format_storage(tmp_path / name, tmp_path / "settings", ["false"], home=tmp_path)
        found.append(fields(tmp_path / name))
    assert all((one["version"], one["node.id"]) == ("1", "1") for one in found)
    ids = {one[key] for one in found for key in ("cluster.id", "directory.id")}
    assert len(ids) == 4
    assert {len(value) for value in ids} == {22}


def test_a_folder_with_data_is_left_as_it_is(tmp_path: Path, log_dir: Path) -> None:
    (log_dir / "meta.properties").write_text("cluster.id=mine\n")
    format_storage(log_dir, tmp_path / "settings", ["false"], home=tmp_path)
    assert [path.name for path in log_dir.iterdir()] == ["meta.properties"]
    assert fields(log_dir) == {"cluster.id": "mine"}


def test_a_refusal_of_the_tool_is_one_line(tmp_path: Path, log_dir: Path) -> None:
    tool = a_tool(tmp_path, "echo trace >&2; echo 'disk is full.' >&2; exit 1")
    with pytest.raises(BrokerError, match=r"disk is full\. Choose another --data-dir") as caught:
        format_storage(log_dir, tmp_path / "settings", tool, home=tmp_path)
    assert "\n" not in str(caught.value)


def test_a_broker_that_was_not_started_has_neither_port_nor_process(tmp_path: Path) -> None:
    broker = LocalBroker(tmp_path)
    assert not broker.running
    with pytest.raises(BrokerError, match="start it first"):
        broker.port  # noqa: B018
    with pytest.raises(BrokerError, match="start it first"):
        broker.pid  # noqa: B018
    broker.stop()
    broker.kill()


def test_a_port_that_was_given_is_known_before_the_start(tmp_path: Path) -> None:
    assert LocalBroker(tmp_path, 9092).bootstrap == "127.0.0.1:9092"
