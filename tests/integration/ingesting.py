"""`allywatch ingest` as a process, and a file for it."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path


def start(bootstrap: str, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "allywatch", "ingest", *arguments],
        env=os.environ | {"ALLYWATCH_KAFKA_BOOTSTRAP": bootstrap, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ingest(bootstrap: str, *arguments: str) -> str:
    process = start(bootstrap, *arguments)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, out + err
    return out


def new_numbers() -> range:
    """Event ids of one test alone, on a broker that tests share."""
    first = time.time_ns() // 1_000
    return range(first, first + 1_000_000)


def an_export(path: Path, numbers: range, *others: bytes) -> Path:
    row = [""] * 61
    row[1], row[7], row[17], row[26], row[31], row[59] = (
        "20260302",
        "RUS",
        "LVA",
        "138",
        "1",
        "20260302120000",
    )
    with path.open("wb") as out:
        for number in numbers:
            row[0] = str(number)
            out.write("\t".join(row).encode() + b"\n")
        out.writelines(other + b"\n" for other in others)
    return path


def wait_until(true: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.2)
