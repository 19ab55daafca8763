"""Kafka's data folder before its first start: what its storage tool writes, or a copy of that."""

import os
import subprocess
import tempfile
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from pathlib import Path

from allywatch.broker.distribution import BrokerError

_CHECKPOINT = "bootstrap.checkpoint"


def format_storage(log_dir: Path, settings: Path, java_command: Sequence[str], home: Path) -> None:
    """Make an empty folder one that the broker starts on; a folder with data is left as it is.

    The tool's output but for the two ids depends on Kafka's version only, so the first is kept beside
    the jars and copied from then on: running the tool costs half a second of every start on new data.

    Args:
        log_dir: Where the broker keeps its data.
        settings: Its server.properties.
        java_command: Java, its options and the class path.
        home: The folder with the broker's `jars/`.

    Raises:
        BrokerError: The tool refused.
    """
    if (log_dir / "meta.properties").exists():
        return
    template = home / _CHECKPOINT
    if template.exists():
        _copy(template, log_dir)
        return
    _run_tool(log_dir, settings, java_command)
    with tempfile.NamedTemporaryFile(dir=home, prefix=_CHECKPOINT, delete=False) as fresh:
        fresh.write((log_dir / _CHECKPOINT).read_bytes())
    Path(fresh.name).rename(template)


def _copy(template: Path, log_dir: Path) -> None:
    (log_dir / _CHECKPOINT).write_bytes(template.read_bytes())
    fields = {"version": "1", "node.id": "1", "cluster.id": _new_id(), "directory.id": _new_id()}
    unfinished = log_dir / "meta.properties.new"
    unfinished.write_text("".join(f"{name}={value}\n" for name, value in fields.items()), "utf-8")
    os.replace(unfinished, log_dir / "meta.properties")  # last: it says that the folder is whole


def _run_tool(log_dir: Path, settings: Path, java_command: Sequence[str]) -> None:
    tool = ["kafka.tools.StorageTool", "format", f"--cluster-id={_new_id()}", "-c", str(settings)]
    ran = subprocess.run([*java_command, *tool], capture_output=True, text=True)
    if ran.returncode != 0:
        why = "".join((ran.stderr or ran.stdout).strip().splitlines()[-1:])
        raise BrokerError(f"cannot format {log_dir}: {why} Choose another --data-dir.")


def _new_id() -> str:
    """A random id as Kafka writes them: 22 characters."""
    return urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
