"""The workers of the demonstration as child processes: started, watched until ready, stopped."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from allywatch.broker.guard import Guard
from allywatch.errors import StopWorker


def free_port(preferred: int) -> int:
    """The preferred port on loopback if nobody listens there, else any free one."""
    for port in (preferred, 0):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise StopWorker("no free port on 127.0.0.1. Close something that listens, then try again.")


@dataclass(slots=True)
class Worker:
    """One child process, its health port and its log."""

    name: str
    process: subprocess.Popen[bytes]
    port: int
    log: Path
    guard: Guard

    @property
    def url(self) -> str:
        """Where its metrics and health are."""
        return f"http://127.0.0.1:{self.port}"

    def ready(self) -> bool:
        """Whether `/ready` says so."""
        try:
            with urllib.request.urlopen(f"{self.url}/ready", timeout=1) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def check(self) -> None:
        """Raise if it died."""
        code = self.process.poll()
        if code is not None:
            last = self.log.read_text(errors="replace").strip().splitlines()[-5:]
            raise StopWorker(f"{self.name} ended with {code}: {' / '.join(last)}. Its whole log: {self.log}")


@dataclass(slots=True)
class Supervisor:
    """Starts `allywatch` commands against one broker and stops them all, newest first."""

    bootstrap: str
    folder: Path
    workers: list[Worker] = field(default_factory=list)

    def __enter__(self) -> "Supervisor":
        """Nothing runs yet."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop everything that was started."""
        self.stop()

    def start(self, name: str, arguments: Sequence[str], preferred_port: int) -> Worker:
        """Start `allywatch <arguments>`; its output goes to a log in the folder."""
        port, log = free_port(preferred_port), self.folder / f"{name}.log"
        environment = os.environ | {
            "ALLYWATCH_KAFKA_BOOTSTRAP": self.bootstrap,
            "ALLYWATCH_METRICS_PORT": str(port),
        }
        with log.open("wb") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", "allywatch", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env=environment,
                start_new_session=True,  # Ctrl-C reaches us alone; we stop them in order
            )
        worker = Worker(name, process, port, log, Guard(process.pid))
        self.workers.append(worker)
        return worker

    def wait_ready(self, timeout: float) -> None:
        """Until every worker is ready.

        Raises:
            StopWorker: One died, or time ran out.
        """
        deadline = time.monotonic() + timeout
        waiting = list(self.workers)
        while waiting:
            for worker in waiting:
                worker.check()
            waiting = [worker for worker in waiting if not worker.ready()]
            if waiting and time.monotonic() > deadline:
                names = ", ".join(worker.name for worker in waiting)
                raise StopWorker(f"not ready after {timeout:.0f} s: {names}. See the logs in {self.folder}.")
            time.sleep(0.1)

    def stop(self, grace: float = 6.0) -> None:
        """Ask everybody to end, newest first; kill who does not within the grace (seconds)."""
        for worker in reversed(self.workers):
            worker.guard.dismiss()
            if worker.process.poll() is None:
                worker.process.send_signal(signal.SIGTERM)
        for worker in reversed(self.workers):
            try:
                worker.process.wait(grace)
            except subprocess.TimeoutExpired:
                worker.process.kill()
                worker.process.wait()
        self.workers.clear()
