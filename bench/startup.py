"""How long `allywatch broker` takes to say that it is ready, once its jars are there."""

import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from bench.report import emit, say

_READY = b"Kafka is ready"


def run(folder: Path, *, quick: bool) -> None:
    """Three starts on new data; the first, not counted, fetches jars and trains the class archive."""
    times = [broker_ready(folder / f"broker{number}") for number in range(2 if quick else 4)][1:]
    say(f"broker ready in {', '.join(f'{each:.2f}' for each in times)} s")
    emit("broker_ready_s", median(times), "s")


def broker_ready(data: Path) -> float:
    """Seconds from the command to its ready line, topics created."""
    began = time.monotonic()
    command = [sys.executable, "-m", "allywatch", "broker", "--port", "0", "--data-dir", str(data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=None) as process:
        assert process.stdout is not None
        try:
            for line in process.stdout:
                if line.startswith(_READY):
                    return time.monotonic() - began
            raise RuntimeError("the broker ended without being ready")
        finally:
            process.terminate()
